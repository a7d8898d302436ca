import type { PeerView, SessionView } from '../agent/contracts/views.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent } from './agent.ts';

/**
 * Returns the short name of an agent, as prompts show it: `traveller_agent_001` is `traveller_1`; any other keeps its
 * name.
 */
export function shortName(agentId: string): string {
  const [, role, number] = /^([a-z]+)_agent_0*(\d+)$/.exec(agentId) ?? [];
  return role === undefined || number === undefined ? agentId : `${role}_${number}`;
}

/** Peers of one beginning that are looked at. */
const mostFitting = 50;

/** What whoever typed a name can do about it, where they typed it. */
export interface NameAdvice {
  readonly unknown: string;
  readonly several: string;
}

const inConsole: NameAdvice = { unknown: 'Type peers to list them.', several: 'Type more of the name.' };

/** What names are looked up in. */
export type Directory = Pick<ConsoleAgent, 'peer' | 'peers'>;

/**
 * Finds the peer that `word` names: its agent_id, its short name, or the beginning of its agent_id when only one
 * fits. Asks for these alone, however many agents the directory has. Rejects with `unknown_agent`, or `invalid_input`
 * when several fit, and with what to do.
 */
export async function findPeer(directory: Directory, word: string, advice = inConsole): Promise<PeerView> {
  for (const agentId of exactNames(word)) {
    const exact = await peerOrNone(directory, agentId);
    if (exact !== undefined) return exact;
  }
  const fitting = await peersThatBegin(directory, word);
  // Among those that were not looked at another one may be online.
  const isAll = fitting.length < mostFitting;
  const best = fitting.length > 1 ? fitting.filter(({ online, status }) => online && status === 'active') : fitting;
  const [only, ...more] = best;
  if (only !== undefined && more.length === 0 && isAll) return only;
  if (fitting.length === 0) {
    throw new ParleyError('unknown_agent', `The directory has no agent called “${word}”. ${advice.unknown}`);
  }
  const names = fitting.map(({ agentId }) => agentId).join(', ') + (isAll ? '' : ' and more');
  throw new ParleyError('invalid_input', `“${word}” may be any of ${names}. ${advice.several}`);
}

/** Returns the agent_ids of the peers that `words` name, each once. Rejects as `findPeer` does. */
export async function findPeers(
  directory: Directory,
  words: readonly string[],
  advice = inConsole,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const word of words) found.add((await findPeer(directory, word, advice)).agentId);
  return [...found];
}

/** Returns the peers whose agent_id begins with `word`, the first of them when there are many. */
export async function peersThatBegin(directory: Directory, word: string): Promise<readonly PeerView[]> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(word)) return [];
  const after = await directory.peers({ after: word, limit: mostFitting });
  return after.filter(({ agentId }) => agentId.startsWith(word));
}

/** Returns the agent_ids that a whole name may stand for. */
function exactNames(word: string): string[] {
  const [, role, number] = /^([a-z]+)_(\d{1,9})$/.exec(word) ?? [];
  const long =
    role === undefined || number === undefined
      ? []
      : [3, 1, 2].map((digits) => `${role}_agent_${String(Number(number)).padStart(digits, '0')}`);
  return [...new Set([word, ...long])].filter((name) => /^[a-z][a-z0-9_]{2,62}$/.test(name));
}

async function peerOrNone(directory: Directory, agentId: string): Promise<PeerView | undefined> {
  try {
    return await directory.peer(agentId);
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'unknown_agent') return undefined;
    throw error;
  }
}

/**
 * Returns the session whose id begins with `word`. Throws `unknown_session` when none does, and `invalid_input` when
 * several do.
 */
export function findSession(sessions: readonly SessionView[], word: string): SessionView {
  const found = sessions.filter(({ sessionId }) => sessionId.startsWith(word));
  const [only, ...more] = found;
  if (only === undefined)
    throw new ParleyError('unknown_session', `No session begins with “${word}”. Type sessions to see them.`);
  if (more.length > 0)
    throw new ParleyError('invalid_input', `${found.length} sessions begin with “${word}”. Type more of the id.`);
  return only;
}
