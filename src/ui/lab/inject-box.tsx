import { useState } from 'react';
import type { Line } from '../../lab/host/api.ts';
import type { LabMessage } from '../../lab/run/scenario.ts';
import { arrivedBody } from './arrived-body.ts';
import { labParties } from './party-of-lab.ts';

interface InjectBoxProps {
  readonly passed: readonly LabMessage[];
  readonly line: Line;
  readonly attempt: (call: Promise<void>) => void;
}

/** Replays an earlier body to either agent, as the attacker's own. */
export function InjectBox({ passed, line, attempt }: InjectBoxProps) {
  const [number, setNumber] = useState('');
  const [to, setTo] = useState<'traveller' | 'helper'>('helper');
  const earlier = passed.filter(({ sent, delivered }) => (delivered ?? sent) !== undefined);
  if (earlier.length === 0) return null;
  const chosen = earlier.find((message) => String(message.number) === number) ?? earlier[0];
  const inject = () => {
    if (chosen === undefined) return;
    const path = chosen.kind === 'ENVELOPE' ? '/agent/message' : '/agent/handshake';
    const { body, form } = arrivedBody(chosen);
    attempt(line.inject(to, path, { body, form }));
  };
  return (
    <section className="free-inject" aria-label="Replay">
      <label>
        Replay{' '}
        <select value={String(chosen?.number ?? '')} onChange={(event) => setNumber(event.target.value)}>
          {earlier.map((message) => (
            <option key={message.number} value={message.number}>
              {message.number} {message.kind} of {labParties[message.from].name}
            </option>
          ))}
        </select>
      </label>
      <label>
        to{' '}
        <select value={to} onChange={(event) => setTo(event.target.value === 'traveller' ? 'traveller' : 'helper')}>
          <option value="helper">Helper</option>
          <option value="traveller">Traveller</option>
        </select>
      </label>
      <button type="button" className="button" onClick={inject}>
        Replay
      </button>
    </section>
  );
}
