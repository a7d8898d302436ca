import { useId, useRef, useState } from 'react';
import { FailureLine } from '../../../design/failure-line.tsx';
import { useOneStop } from '../../../design/one-stop.ts';
import { PartyMark } from '../../../design/party.tsx';
import { failureOf } from '../../../state/failure.ts';
import { AgentChoice } from './agent-choice.tsx';
import './agent-picker.css';
import { useAgentsThatBegin } from './use-agents-that-begin.ts';

/** Members that a group has at most. */
const mostMembers = 256;

interface AgentPickerProps {
  /** agent_ids that are not offered: members, and this agent. */
  readonly without: readonly string[];
  readonly chosen: readonly string[];
  readonly choose: (chosen: readonly string[]) => void;
}

/** Chooses agents of the directory by the beginning of their agent_id, with what is known of each one’s key. */
export function AgentPicker({ without, chosen, choose }: AgentPickerProps) {
  const [text, setText] = useState('');
  const { data, error, isFetching, hasNextPage, fetchNextPage, isPlaceholderData } = useAgentsThatBegin(text);
  const offered = data?.filter(({ agentId, status }) => status === 'active' && !without.includes(agentId));
  const isFull = without.length + chosen.length >= mostMembers;
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  useOneStop(list, { rows: '.agent-choice', start: 'first' });
  return (
    <fieldset className="agent-picker">
      <legend className="field-label">Invite</legend>
      {chosen.length > 0 && (
        <ul className="agent-picker-chosen" aria-label="Chosen">
          {chosen.map((agentId) => (
            <li key={agentId}>
              <button
                type="button"
                className="button"
                aria-label={`Do not invite ${agentId}`}
                title={`Do not invite ${agentId}`}
                onClick={() => choose(chosen.filter((each) => each !== agentId))}
              >
                <PartyMark agentId={agentId} /> <span className="agent-picker-name">{agentId}</span>{' '}
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <label htmlFor={id} className="visually-hidden">
        Find agents by how their agent_id begins
      </label>
      <input
        id={id}
        className="input mono"
        type="search"
        value={text}
        placeholder="agent_id, or how it begins"
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => setText(target.value.trim().toLowerCase())}
      />
      <ul ref={list} className="agent-picker-list" aria-label="Agents of the directory" aria-busy={isFetching}>
        {offered?.map((peer) => {
          const isChosen = chosen.includes(peer.agentId);
          return (
            <AgentChoice
              key={peer.agentId}
              peer={peer}
              isChosen={isChosen}
              isFull={isFull}
              toggle={() =>
                choose(isChosen ? chosen.filter((each) => each !== peer.agentId) : [...chosen, peer.agentId])
              }
            />
          );
        })}
        {hasNextPage && (
          <li className="agent-choice">
            <button
              type="button"
              className="button button-quiet"
              aria-disabled={isFetching}
              onClick={() => {
                if (!isFetching) void fetchNextPage();
              }}
            >
              Show more
            </button>
          </li>
        )}
      </ul>
      <p className="small muted" role="status">
        {isFull && `A group has at most ${mostMembers} members.`}
        {!isFull && offered?.length === 0 && !hasNextPage && !isPlaceholderData && nobody(text)}
      </p>
      {error !== null && <FailureLine failure={failureOf(error)} />}
    </fieldset>
  );
}

function nobody(text: string): string {
  return text === ''
    ? 'The directory lists nobody else. Others can be invited once they have registered.'
    : `The directory lists nobody else whose agent_id begins with “${text}”.`;
}
