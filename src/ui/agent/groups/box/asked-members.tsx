import { useRef } from 'react';
import type { GroupMemberView } from '../../../../agent/contracts/group-views.ts';
import { PartyMark } from '../../../design/party.tsx';

const hour = 3_600_000;

/** How long members may answer: what is shown, and milliseconds. */
export const answerTimes = [
  ['1 hour', hour],
  ['1 day', 24 * hour],
  ['7 days', 7 * 24 * hour],
  ['30 days', 30 * 24 * hour],
] as const;

interface AskedMembersProps {
  readonly others: readonly GroupMemberView[];
  /** agent_ids; everybody when empty. */
  readonly asked: readonly string[];
  readonly ask: (asked: readonly string[]) => void;
  readonly expires: number;
  readonly setExpires: (expires: number) => void;
}

/** Chooses which members are asked, and how long they may answer. */
export function AskedMembers({ others, asked, ask, expires, setExpires }: AskedMembersProps) {
  const who = useRef<HTMLDetailsElement>(null);
  const toggle = (agentId: string) =>
    ask(asked.includes(agentId) ? asked.filter((each) => each !== agentId) : [...asked, agentId]);
  return (
    <span className="asked">
      <details
        ref={who}
        className="asked-who"
        onKeyDown={({ key }) => {
          if (key !== 'Escape' || who.current?.open !== true) return;
          who.current.open = false;
          who.current.querySelector('summary')?.focus();
        }}
        onBlur={({ relatedTarget }) => {
          // It lies over the conversation: whoever goes on elsewhere is done with it.
          if (relatedTarget instanceof Node && who.current?.contains(relatedTarget) === false) who.current.open = false;
        }}
      >
        <summary>{asked.length === 0 ? 'asks everybody' : `asks ${asked.length} of ${others.length}`}</summary>
        <fieldset>
          <legend className="visually-hidden">Who is asked</legend>
          <label>
            <input type="checkbox" checked={asked.length === 0} onChange={() => ask([])} /> everybody
          </label>
          {others.map(({ agentId }) => (
            <label key={agentId}>
              <input type="checkbox" checked={asked.includes(agentId)} onChange={() => toggle(agentId)} />{' '}
              <PartyMark agentId={agentId} /> {agentId}
            </label>
          ))}
        </fieldset>
      </details>
      <label className="asked-until">
        answers within{' '}
        <select className="input" value={expires} onChange={({ target }) => setExpires(Number(target.value))}>
          {answerTimes.map(([word, ms]) => (
            <option key={word} value={ms}>
              {word}
            </option>
          ))}
        </select>
      </label>
    </span>
  );
}
