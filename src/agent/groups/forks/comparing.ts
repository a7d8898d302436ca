import { loadAuthenticator, loadHead } from '../../../group/storage/load.ts';
import { equalConstantTime } from '../../../protocol/bytes.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { PairwiseMethods } from '../members/pairwise.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import type { Group } from '../state/group.ts';

/** What histories are compared with. */
export interface ComparingDeps {
  readonly methods: Pick<PairwiseMethods, 'groupState'>;
  readonly rows: Pick<GroupRows, 'read' | 'all'>;
}

/** Who agrees with this agent on a group's history, and whose epoch at the index is a later one than this agent's. */
export interface Compared extends NonNullable<GroupView['fork']> {
  readonly ahead: readonly string[];
  /** Those that agree up to the index that they were asked for: others have not read so far. */
  readonly agreeUpToIt: readonly string[];
}

/**
 * Asks members what they have read up to an index, all at once (groups page, section 5, *Forks*). Who gives no answer, or one of an
 * index that this agent does not have, is silent.
 */
export async function compareWith(
  deps: ComparingDeps,
  group: Group,
  peers: readonly string[],
  index: number,
): Promise<Compared> {
  const found = await Promise.all(
    peers.map(async (peerId) => [peerId, await verdictOf(deps, group, peerId, index)] as const),
  );
  const those = (...wanted: readonly Verdict[]) =>
    found.flatMap(([peerId, one]) => (wanted.includes(one) ? [peerId] : []));
  return {
    agree: those('agrees', 'agrees so far'),
    agreeUpToIt: those('agrees'),
    differ: those('differs', 'ahead'),
    silent: those('silent'),
    ahead: those('ahead'),
  };
}

type Verdict = 'agrees' | 'agrees so far' | 'differs' | 'ahead' | 'silent';

async function verdictOf(
  { methods, rows }: ComparingDeps,
  group: Group,
  peerId: string,
  index: number,
): Promise<Verdict> {
  const { groupId } = group;
  // Why a member does not answer makes no difference: it is silent.
  const [settled] = await Promise.allSettled([methods.groupState(peerId, groupId, index)]);
  if (settled.status === 'rejected') return 'silent';
  const answer = settled.value;
  const head = await loadHead({ read: (part) => rows.read(groupId, part) }, answer.index);
  const own = await loadAuthenticator({ all: (prefix) => rows.all(groupId, prefix) }, answer.index);
  if (head === undefined || own === undefined) return 'silent';
  if (!equalConstantTime(head, answer.head)) return 'differs';
  if (answer.epoch > own.epoch) return 'ahead';
  const isSame = answer.epoch === own.epoch && equalConstantTime(own.authenticator, answer.authenticator);
  if (!isSame) return 'differs';
  return answer.index < index ? 'agrees so far' : 'agrees';
}

/** True when those that agree are not more than half of who answered: the owner decides before anything is sent. */
export function isForked({ agree, differ }: Pick<Compared, 'agree' | 'differ'>): boolean {
  return differ.length > 0 && agree.length <= (agree.length + differ.length) / 2;
}
