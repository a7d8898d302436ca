import type { Bytes } from '../bytes.ts';
import { secretsOfTree } from '../schedule/secret-tree.ts';
import type { GroupState } from './group-state.ts';

/**
 * Returns every secret that one state holds and another does not: what is wiped when `kept` is stored in place of `ended`, and without
 * `kept` when nothing is, as after a removal (RFC 9420, section 9.2). For a commit that waits and is dropped, `ended` is its next state
 * and `kept` the present one.
 */
export function endedSecrets(ended: GroupState, kept?: GroupState): readonly Bytes[] {
  const inUse = new Set(kept === undefined ? [] : secretsOf(kept));
  return secretsOf(ended).filter((secret) => !inUse.has(secret));
}

function secretsOf({ secrets, secretTree, privateTree }: GroupState): readonly Bytes[] {
  const nodes = [...privateTree.nodes.values()].flatMap(({ ikm }) => ikm ?? []);
  return [...Object.values(secrets), ...secretsOfTree(secretTree), ...nodes];
}
