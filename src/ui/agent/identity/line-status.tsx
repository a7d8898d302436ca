import type { LineView } from '../../../agent/contracts/views.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { useNow } from '../../state/now.ts';
import './line-status.css';

/** Shows the state of the agent's connection to its relay; nothing where there is none. */
export function LineStatus() {
  const line = useAgentState((state) => state.line);
  if (line === undefined) return null;
  const isUp = line.status === 'connected';
  return (
    <p className={isUp ? 'line-status' : 'line-status line-status-down'} role="status" title={line.relay}>
      <span aria-hidden="true">{isUp ? '●' : '○'}</span>{' '}
      <span>
        <LineWords line={line} />
      </span>
    </p>
  );
}

function LineWords({ line }: { readonly line: LineView }) {
  if ('reason' in line) {
    return (
      <Again
        words="not reachable: a proxy or firewall stops WebSockets to the relay; let it pass “Upgrade: websocket”, or use another network"
        act="Try now"
      />
    );
  }
  switch (line.status) {
    case 'connected':
      return 'reachable';
    case 'connecting':
      return 'connecting to the relay';
    case 'waiting':
      return <Waiting retryAt={line.retryAt} />;
    case 'replaced':
      return <Again words="open elsewhere" act="Take it back" />;
    case 'refused':
      return <Again words={`not reachable: ${line.detail}`} act="Try again" />;
  }
}

function Waiting({ retryAt }: { readonly retryAt: number }) {
  const seconds = Math.max(0, Math.ceil((retryAt - useNow()) / 1_000));
  return <Again words={`relay lost, next try in ${seconds} s; requests wait`} act="Try now" />;
}

function Again({ words, act }: { readonly words: string; readonly act: string }) {
  const { engine } = useHosted();
  return (
    <>
      <span className="line-status-words" title={words}>
        <UntrustedText text={words} />
      </span>{' '}
      <button type="button" className="button button-quiet" onClick={() => void engine.reconnect()}>
        {act}
      </button>
    </>
  );
}
