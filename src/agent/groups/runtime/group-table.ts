import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupRuntime } from './group-runtime.ts';

/** The groups of this agent that are at work, and those that are over and not deleted yet. */
export class GroupTable {
  readonly #groups = new Map<string, GroupRuntime>();

  get(groupId: string): GroupRuntime | undefined {
    return this.#groups.get(groupId);
  }

  /** Returns a group. Throws `unknown_group`. */
  require(groupId: string): GroupRuntime {
    const found = this.#groups.get(groupId);
    if (found === undefined) throw new ParleyError('unknown_group', 'This agent is in no group of this id.');
    return found;
  }

  /** Returns all groups, the first known first. */
  all(): readonly GroupRuntime[] {
    return [...this.#groups.values()];
  }

  /** True for the key of a leaf that this agent has in a group, by its id. */
  isOwnLeafKey(keyId: string): boolean {
    return this.all().some(({ group }) => group.keyId === keyId);
  }

  /** True for the key of a leaf that this agent has in another group than this one. */
  isLeafKeyBeside(groupId: string, keyId: string): boolean {
    return this.all().some(({ group }) => group.groupId !== groupId && group.keyId === keyId);
  }

  set(runtime: GroupRuntime): void {
    this.#groups.set(runtime.group.groupId, runtime);
  }

  delete(groupId: string): void {
    this.#groups.delete(groupId);
  }
}
