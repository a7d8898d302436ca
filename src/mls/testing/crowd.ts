import type { Bytes } from '../bytes.ts';
import type { CipherSuite, RandomBytes } from '../crypto/cipher-suite.ts';
import { type CreatedCommit, createCommit } from '../group/create-commit.ts';
import { createGroup } from '../group/create-group.ts';
import type { GroupState } from '../group/group-state.ts';
import { createKeyPackage, type KeyPackageSecrets } from '../group/own-key-package.ts';
import { toLeafIndex } from '../indices.ts';
import type { KeyPackage } from '../structures/key-package.ts';
import { identityOf } from './test-member.ts';

/** One who waits to be added, and what stays with them. */
export interface Candidate {
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
}

/** A group whose creator has added everybody in one commit: leaf `i` is candidate `i - 1`, leaf 0 the creator. */
export interface Crowd {
  /** The creator's state when they were alone. */
  readonly alone: GroupState;
  readonly candidates: readonly Candidate[];
  /** The creator's state when all are in. */
  readonly creator: GroupState;
  readonly welcome: Bytes | undefined;
}

/** Makes a group of so many members. */
export async function crowdOf(suite: CipherSuite, count: number, random: RandomBytes): Promise<Crowd> {
  const identity = await identityOf(suite, 'creator');
  const alone = await createGroup(suite, { groupId: random(16), identity, extensions: [], random });
  const candidates: Candidate[] = [];
  for (let at = 1; at < count; at++) {
    candidates.push(await createKeyPackage(suite, await identityOf(suite, `member ${at}`), random));
  }
  const { next, welcome } = await addAll(alone, candidates, random);
  return { alone, candidates, creator: next, welcome };
}

/** Adds all candidates in one commit. */
export function addAll(
  state: GroupState,
  candidates: readonly Candidate[],
  random: RandomBytes,
): Promise<CreatedCommit> {
  const proposals = candidates.map(({ keyPackage }) => ({ type: 'add', keyPackage }) as const);
  return createCommit(state, { proposals, random });
}

/**
 * Returns a member's view of the epoch that `state` is another's view of, without any private key of the tree: enough to make a commit,
 * not to follow one of another. So a big group can be brought through many commits without following each at every member.
 */
export function asMember({ alone, candidates }: Crowd, state: GroupState, leaf: number): GroupState {
  const ownLeaf = toLeafIndex(leaf);
  const { signatureKey } = candidates[leaf - 1]?.secrets ?? alone;
  return { ...state, ownLeaf, signatureKey, privateTree: { leafIndex: ownLeaf, nodes: new Map() } };
}

/** Makes an update by path: a commit without proposals. */
export function updateOf(state: GroupState, random: RandomBytes): Promise<CreatedCommit> {
  return createCommit(state, { proposals: [], withPath: true, random });
}

/**
 * Lets each member commit once, in an order in which the paths become short soon. Returns the state of the last one, which knows every
 * private key of its own way to the root.
 */
export async function wellUsed(crowd: Crowd, random: RandomBytes): Promise<GroupState> {
  let state = crowd.creator;
  for (const leaf of scatteredOrder(crowd.candidates.length + 1)) {
    const { next } = await updateOf(asMember(crowd, state, leaf), random);
    state = next;
  }
  return state;
}

/** The numbers below `count` by their mirrored bits. */
function scatteredOrder(count: number): readonly number[] {
  const bits = Math.ceil(Math.log2(count));
  const order: number[] = [];
  for (let at = 0; at < 2 ** bits; at++) {
    let mirrored = 0;
    for (let bit = 0; bit < bits; bit++) if ((at & (1 << bit)) !== 0) mirrored |= 1 << (bits - 1 - bit);
    if (mirrored < count) order.push(mirrored);
  }
  return order;
}
