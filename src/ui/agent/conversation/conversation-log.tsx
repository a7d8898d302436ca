import { Fragment, type ReactNode } from 'react';
import { type ExchangeView, exchangeKey, type FailureView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { useToday } from '../../design/use-today.ts';
import { DayLine } from '../exchange/day-line.tsx';
import './conversation.css';
import { type SessionRun, sessionRuns } from './conversation-model.ts';
import { ConversationScroller } from './conversation-scroller.tsx';

interface ConversationLogProps {
  /** What is drawn, in order. */
  readonly exchanges: readonly ExchangeView[];
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
  const { exchanges, bar, empty, older, newer, isLoading, failure, row, line, target, end } = props;
  const today = useToday();
  const before = new Map(exchanges.map((exchange, index) => [exchange, exchanges[index - 1]?.at]));
  return (
    <ConversationScroller
      exchanges={exchanges}
      {...(target === undefined ? {} : { target })}
      goesOn={newer !== undefined}
      isBusy={isLoading}
    >
      {bar}
      {exchanges.length === 0 && failure === undefined && (
        <p className="conversation-empty muted">{isLoading ? 'Loading' : empty}</p>
      )}
      {failure !== undefined && <FailureLine failure={failure} />}
      {older !== undefined && exchanges.length > 0 && (
        <button type="button" className="button conversation-more" aria-disabled={isLoading} onClick={older}>
          Show older
        </button>
      )}
      {sessionRuns(exchanges).map((run) => (
        <div key={run.key} className="conversation-run" data-session={run.sessionId}>
          {line(run)}
          <ol>
            {run.exchanges.map((exchange) => (
              <Fragment key={exchangeKey(exchange)}>
                <DayLine before={before.get(exchange)} at={exchange.at} today={today} />
                {row(exchange)}
              </Fragment>
            ))}
          </ol>
        </div>
      ))}
      {newer !== undefined && (
        <button type="button" className="button conversation-more" aria-disabled={isLoading} onClick={newer}>
          Show newer
        </button>
      )}
      {end}
    </ConversationScroller>
  );
}
