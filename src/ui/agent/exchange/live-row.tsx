import { memo, Suspense } from 'react';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import type { MarkedWord } from '../../design/marked-ranges.ts';
import { lazyView } from '../../frame/lazy-view.tsx';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { PlaceLink } from '../../routing/place-link.tsx';
import { useHosted } from '../../state/hosted.ts';
import { ExchangeActions } from './exchange-actions.tsx';
import { ExchangeRetry } from './exchange-retry.tsx';
import { ExchangeRow, ExchangeTime } from './exchange-row.tsx';
import { ExchangeWaiting } from './exchange-waiting.tsx';

const HeldAnswer = lazyView(async () => (await import('./held-answer.tsx')).HeldAnswer);
const AnswerControls = lazyView(async () => (await import('./answer-controls.tsx')).AnswerControls);

interface LiveRowProps {
  readonly exchange: ExchangeView;
  /** The exchange that the address leads to. */
  readonly isTarget: boolean;
  readonly words: readonly MarkedWord[];
  readonly go: (place: AgentPlace) => void;
}

/** An exchange of this agent, and what can be done about it. */
export const LiveRow = memo(function LiveRow({ exchange, isTarget, words, go }: LiveRowProps) {
  const { agentId } = useHosted();
  const { status, direction, sequence, peerId, at, waiting, answer } = exchange;
  const end: AgentPlace = { section: 'talk', peerId, tab: 'conversation' };
  return (
    <ExchangeRow
      exchange={exchange}
      ownId={agentId}
      words={words}
      isTarget={isTarget}
      {...(sequence === undefined || isTarget
        ? {}
        : {
            time: (
              <PlaceLink className="exchange-link" place={{ ...end, at: sequence }} go={go}>
                <ExchangeTime at={at} />
              </PlaceLink>
            ),
          })}
    >
      {status === 'held' && (
        <Suspense>
          <HeldAnswer exchange={exchange} />
        </Suspense>
      )}
      {answer !== undefined && direction === 'outgoing' && (
        <Suspense>
          <AnswerControls exchange={exchange} body={answer} />
        </Suspense>
      )}
      {waiting !== undefined && <ExchangeWaiting exchange={exchange} waiting={waiting} />}
      {status === 'failed' && direction === 'outgoing' && <ExchangeRetry exchange={exchange} />}
      {isTarget && <ExchangeActions exchange={exchange} go={go} />}
    </ExchangeRow>
  );
});
