import type { PeerView, SessionView } from '../agent/views.ts';
import { ParleyError } from '../protocol/errors.ts';

/** The short name of an agent, as prompts have it: `traveller_agent_001` is `traveller_1`; any other keeps its name. */
export function shortName(agentId: string): string {
  const [, role, number] = /^([a-z]+)_agent_0*(\d+)$/.exec(agentId) ?? [];
  return role === undefined || number === undefined ? agentId : `${role}_${number}`;
}

/** The peer that `word` names: its agent_id, its short name, or the beginning of either when only one fits. */
export function findPeer(peers: readonly PeerView[], word: string): PeerView {
  const exact = peers.find(({ agentId }) => agentId === word || shortName(agentId) === word);
  if (exact !== undefined) return exact;
  const fitting = peers.filter(({ agentId }) => agentId.startsWith(word) || shortName(agentId).startsWith(word));
  const best = fitting.length > 1 ? fitting.filter(({ online, status }) => online && status === 'active') : fitting;
  const [only, ...more] = best;
  if (only !== undefined && more.length === 0) return only;
  if (fitting.length === 0) {
    throw new ParleyError(
      'unknown_agent',
      `The directory has no agent called “${word}”. Type peers to see who there is.`,
    );
  }
  const names = fitting.map(({ agentId }) => agentId).join(', ');
  throw new ParleyError('invalid_input', `“${word}” may be any of ${names}. Type more of the name.`);
}

/** The session whose id begins with `word`. */
export function findSession(sessions: readonly SessionView[], word: string): SessionView {
  const found = sessions.filter(({ sessionId }) => sessionId.startsWith(word));
  const [only, ...more] = found;
  if (only === undefined)
    throw new ParleyError('unknown_session', `No session begins with “${word}”. Type sessions to see them.`);
  if (more.length > 0)
    throw new ParleyError('invalid_input', `${found.length} sessions begin with “${word}”. Type more of the id.`);
  return only;
}
