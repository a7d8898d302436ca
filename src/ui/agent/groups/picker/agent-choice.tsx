import type { PeerView } from '../../../../agent/contracts/views.ts';
import { PartyMark } from '../../../design/party.tsx';
import { VerifiedMark } from '../../../design/verified-mark.tsx';

interface AgentChoiceProps {
  readonly peer: PeerView;
  readonly isChosen: boolean;
  /** There is no room for another one. */
  readonly isFull: boolean;
  readonly toggle: () => void;
}

/** Shows an agent of the directory that can be chosen, unless its key has changed: then the owner decides first. */
export function AgentChoice({ peer, isChosen, isFull, toggle }: AgentChoiceProps) {
  const { agentId, online, verification } = peer;
  const isChanged = verification === 'changed';
  return (
    <li className="agent-choice">
      <label>
        <input type="checkbox" checked={isChosen} disabled={isChanged || (isFull && !isChosen)} onChange={toggle} />
        <PartyMark agentId={agentId} />
        <span className="agent-picker-name">{agentId}</span>
        <span className="agent-choice-facts small muted">
          <VerifiedMark verification={verification} />
          <span>{online ? 'online' : 'away'}</span>
        </span>
      </label>
      {isChanged && <p className="small muted">Its signing key has changed. Decide about the key under Peers first.</p>}
    </li>
  );
}
