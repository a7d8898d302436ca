import { ancestors, type NodeId, nodeOf, type Schedule } from './schedule-model.ts';

/** What is gone once the session has begun. */
const passing: readonly NodeId[] = ['former_session', 'x25519_pairs', 'ml_kem_pair'];

/**
 * Returns who could compute a node, read from what it depends on. While the session is being made, its own keys are
 * not gone yet.
 */
export function whoCould(schedule: Schedule, id: NodeId, isRunning: boolean): string {
  const needed = new Set<NodeId>([id, ...ancestors(schedule, id)]);
  if (nodeOf(schedule, id)?.kind === 'transcript') return 'Public: whoever has the messages can compute it.';
  const gone = passing.filter((each) => needed.has(each));
  return `Needs ${listed(partsOf(id, needed))}. ${endOf(schedule, gone, isRunning)}`;
}

function partsOf(id: NodeId, needed: ReadonlySet<NodeId>): readonly string[] {
  const rsa = (['server_rsa', 'client_rsa'] as const).filter((key) => needed.has(key));
  const part = (source: NodeId, itself: NodeId, whole: string, key: string) =>
    needed.has(source) ? [id === source || id === itself ? key : whole] : [];
  return [
    ...(rsa.length === 2
      ? ['both agents’ RSA keys']
      : rsa.map((key) => (key === 'server_rsa' ? '{server}’s RSA key' : '{client}’s RSA key'))),
    ...part('former_session', 'resumption_key', 'the resumption key', 'the secrets of the session before'),
    ...part('x25519_pairs', 'x25519_secret', 'the X25519 secret', 'an X25519 private key of this session'),
    ...part('ml_kem_pair', 'ml_kem_secret', 'the ML-KEM secret', 'the ML-KEM private key of this session'),
  ];
}

function endOf({ beginning }: Schedule, gone: readonly NodeId[], isRunning: boolean): string {
  if (gone.length === 0) return 'That key stays stored, so RSA alone does not protect it later.';
  const isOne = gone.length === 1 && gone[0] !== 'former_session';
  const who = isOne ? 'It' : gone.length === 2 ? 'The last two' : 'They';
  if (isRunning) return `${who} may still exist: the ${beginning} is not over.`;
  return `${who} no longer ${isOne ? 'exists' : 'exist'}.`;
}

function listed(parts: readonly string[]): string {
  const [last = '', ...before] = [...parts].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}
