import { type FormEvent, useState } from 'react';
import type { Line, LineAgent } from '../../lab/host/api.ts';
import { shortId } from '../design/format.ts';
import { PartyMark, partyOf } from '../design/party.tsx';

interface AgentCardProps {
  readonly agent: LineAgent;
  readonly line: Line;
  readonly attempt: (call: Promise<void>) => void;
}

/** Shows an agent of the free line: what it can be told to do, and its own state. */
export function AgentCard({ agent, line, attempt }: AgentCardProps) {
  const { party, agentId, sessions, heard, ran } = agent;
  const [text, setText] = useState(party === 'traveller' ? 'Hello Helper!' : 'Hello Traveller!');
  const send = (event: FormEvent) => {
    event.preventDefault();
    attempt(line.send(party, text));
  };
  return (
    <section className="free-agent" aria-label={agentId} style={{ borderTopColor: partyOf(agentId).colour }}>
      <h2>
        <PartyMark agentId={agentId} /> {agentId}
      </h2>
      <div className="free-agent-acts">
        <button type="button" className="button" onClick={() => attempt(line.connect(party))}>
          Connect
        </button>
        <button type="button" className="button" onClick={() => attempt(line.disconnect(party))}>
          Disconnect
        </button>
        <form onSubmit={send} className="free-send">
          <label className="visually-hidden" htmlFor={`say-${party}`}>
            What {agentId} says
          </label>
          <input id={`say-${party}`} value={text} onChange={(event) => setText(event.target.value)} />
          <button type="submit" className="button">
            Send
          </button>
        </form>
      </div>
      <p className="small">
        Ran {ran} {ran === 1 ? 'request' : 'requests'} of its peer.{' '}
        {sessions.length === 0
          ? 'No session.'
          : sessions
              .slice(-2)
              .map(({ sessionId, status }) => `${shortId(sessionId)} ${status}`)
              .join(', ')}
      </p>
      <ul className="free-heard" aria-live="polite" aria-label={`What ${agentId} says`}>
        {heard.slice(-4).map((sentence, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same sentence may be said twice
          <li key={`${i} ${sentence}`}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
