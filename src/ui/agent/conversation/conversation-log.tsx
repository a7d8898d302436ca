import { Fragment, type ReactNode } from 'react';
import { type ExchangeView, exchangeKey, type FailureView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { useToday } from '../../design/use-today.ts';
import { DayLine } from '../exchange/day-line.tsx';
import { placedAmong, type Timed } from './among.ts';
import './conversation.css';
import { type SessionRun, sessionRuns } from './conversation-model.ts';
import { ConversationScroller } from './conversation-scroller.tsx';

/** A row that is no exchange; `key` is unlike that of any other. */
export interface Other extends Timed {
  readonly key: string;
  readonly row: ReactNode;
}

interface ConversationLogProps {
  /** What is drawn, in order. */
  readonly exchanges: readonly ExchangeView[];
  /** What else stands there, in the order of time. */
  readonly others?: readonly Other[];
  /** What stands above all of it. */
  readonly bar?: ReactNode;
  /** What is said when there is nothing. */
  readonly empty: ReactNode;
  /** Draws more of what came before; absent at the beginning. */
  readonly older?: () => void;
  /** Draws more of what came after; absent at the end. */
  readonly newer?: () => void;
  readonly isLoading: boolean;
  readonly failure?: FailureView;
  readonly row: (exchange: ExchangeView) => ReactNode;
  /** The line where a session begins. */
  readonly line: (run: SessionRun) => ReactNode;
  /** What the address leads to: scrolled to once it is there. A CSS selector within the log. */
  readonly target?: string;
  /** What stands after the last exchange. */
  readonly end?: ReactNode;
}

/** Shows exchanges in the order in which they were made, with a line where each session and each day begins. */
export function ConversationLog(props: ConversationLogProps) {
  const { exchanges, others = [], bar, empty, older, newer, isLoading, failure, row, line, target, end } = props;
  const today = useToday();
  const among = placedAmong(exchanges, others);
  const isEmpty = exchanges.length === 0 && among.after.length === 0;
  const runs = sessionRuns(exchanges);
  /** The time of what was drawn last. */
  let before: number | undefined;
  const day = (at: number) => {
    const drawn = <DayLine before={before} at={at} today={today} />;
    before = at;
    return drawn;
  };
  const rows = (those: readonly Other[] = []) =>
    those.map((other) => (
      <Fragment key={other.key}>
        {day(other.at)}
        {other.row}
      </Fragment>
    ));
  return (
    <ConversationScroller
      exchanges={exchanges}
      isEmpty={isEmpty}
      {...(target === undefined ? {} : { target })}
      goesOn={newer !== undefined}
      isBusy={isLoading}
    >
      {bar}
      {isEmpty && failure === undefined && <p className="conversation-empty muted">{isLoading ? 'Loading' : empty}</p>}
      {failure !== undefined && <FailureLine failure={failure} />}
      {older !== undefined && !isEmpty && (
        <button type="button" className="button conversation-more" aria-disabled={isLoading} onClick={older}>
          Show older
        </button>
      )}
      {runs.map((run) => (
        <div key={run.key} className="conversation-run" data-session={run.sessionId}>
          {line(run)}
          <ol>
            {run.exchanges.map((exchange) => (
              <Fragment key={exchangeKey(exchange)}>
                {rows(among.before.get(exchange))}
                {day(exchange.at)}
                {row(exchange)}
              </Fragment>
            ))}
            {run === runs.at(-1) && rows(among.after)}
          </ol>
        </div>
      ))}
      {runs.length === 0 && <ol>{rows(among.after)}</ol>}
      {newer !== undefined && (
        <button type="button" className="button conversation-more" aria-disabled={isLoading} onClick={newer}>
          Show newer
        </button>
      )}
      {end}
    </ConversationScroller>
  );
}
