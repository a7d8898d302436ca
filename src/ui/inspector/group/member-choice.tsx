import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { absentIn, spansOf } from './reading.ts';

/** Absent members that have a button of their own; the list has all. */
const ghostsShown = 6;

interface MemberChoiceProps {
  readonly epochs: readonly EpochView[];
  readonly view: EpochView;
  readonly who: string | undefined;
  readonly choose: (agentId: string | undefined) => void;
}

/** Lets a person choose whose epochs and secrets are marked, among members and those that are not in this epoch. */
export function MemberChoice({ epochs, view, who, choose }: MemberChoiceProps) {
  const absent = absentIn(view, epochs);
  return (
    <>
      <label className="member-choice">
        Mark what{' '}
        <select value={who ?? ''} onChange={({ target }) => choose(target.value === '' ? undefined : target.value)}>
          <option value="">this agent</option>
          <optgroup label="Members">
            {view.members.map(({ agentId }) => (
              <option key={agentId} value={agentId}>
                {agentId}
              </option>
            ))}
          </optgroup>
          {absent.length > 0 && (
            <optgroup label="Not in this epoch">
              {absent.map((agentId) => (
                <option key={agentId} value={agentId}>
                  {agentId}
                </option>
              ))}
            </optgroup>
          )}
        </select>{' '}
        can read
      </label>
      {absent.length > 0 && (
        <ul className="ghosts" aria-label="Not in this epoch">
          {absent.slice(0, ghostsShown).map((agentId) => {
            const last = spansOf(epochs, agentId).findLast(({ to }) => to !== undefined && to < view.epoch)?.to;
            return (
              <li key={agentId}>
                <button
                  type="button"
                  className="ghost"
                  aria-pressed={agentId === who}
                  onClick={() => choose(agentId === who ? undefined : agentId)}
                >
                  <PartyMark agentId={agentId} /> <UntrustedText text={agentId} />{' '}
                  <span className="muted">{last === undefined ? 'not yet a member' : `reads until epoch ${last}`}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
