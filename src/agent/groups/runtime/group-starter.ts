import { Group } from '../state/group.ts';
import { type LoadDeps, loadGroups } from '../state/load-group.ts';
import type { Outcome } from '../state/outcome.ts';
import type { Standing } from '../state/standing.ts';
import { GroupRuntime, type GroupRuntimeDeps } from './group-runtime.ts';
import type { GroupTable } from './group-table.ts';

/** Begins the work of groups: of those that are stored, and of new ones. */
export class GroupStarter {
  readonly #deps: GroupRuntimeDeps & LoadDeps;
  readonly #table: GroupTable;

  constructor(deps: GroupRuntimeDeps & LoadDeps, table: GroupTable) {
    this.#deps = deps;
    this.#table = table;
  }

  /** Takes up every group that is stored. Rejects with `storage_failed`. */
  async load(): Promise<void> {
    for await (const group of loadGroups(this.#deps)) {
      this.#table.set(new GroupRuntime(this.#deps, group));
    }
    // Also of those that this agent is no longer in: what was said in them stays.
    for (const { group } of this.#table.all()) await this.#deps.talk.open(group.groupId);
  }

  /** Stores a group that begins, made by this agent or joined, in place of an older state of it, and sets it to work. */
  async begin(standing: Standing, outcome: Outcome): Promise<GroupRuntime> {
    const known = this.#table.get(standing.groupId);
    const runtime = known ?? new GroupRuntime(this.#deps, new Group(this.#deps, standing, undefined));
    const { group } = runtime;
    await group.turns.take(async () => {
      await (known === undefined ? group.keep({ ...outcome, standing }) : group.replace({ ...outcome, standing }));
    });
    this.#table.set(runtime);
    if (known === undefined) await this.#deps.talk.open(standing.groupId);
    else await this.#deps.talk.resume(standing.groupId);
    runtime.show();
    runtime.wake();
    return runtime;
  }
}
