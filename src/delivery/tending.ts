import { isGroupId } from '../group/log/group-id.ts';
import { forEvery } from '../protocol/every.ts';
import { type TendContext, tend } from './upkeep.ts';

/** Seconds after which a group is looked at again when it is called for, and groups whose time is remembered. */
const between = 60;
const mostGroups = 10_000;
const pageGroups = 100;

/** Looks after logs: of a group that somebody calls for, once a minute, and of all when it is asked to. */
export class Tending {
  readonly #context: TendContext;
  /** Unix seconds of the last look, in the order of the looks. */
  readonly #looked = new Map<string, number>();

  constructor(context: TendContext) {
    this.#context = context;
  }

  /** Looks after one group, unless that was done within a minute. */
  async look(groupId: string): Promise<void> {
    const now = this.#context.now();
    const last = this.#looked.get(groupId);
    if (!isGroupId(groupId) || (last !== undefined && Math.abs(now - last) < between)) return;
    this.#looked.delete(groupId);
    this.#looked.set(groupId, now);
    const [oldest] = this.#looked.keys();
    if (this.#looked.size > mostGroups && oldest !== undefined) this.#looked.delete(oldest);
    await tend(this.#context, groupId);
  }

  /**
   * Looks after all groups, and drops what was remembered long enough and Welcomes that nobody has read in 30 days. What fails at one group
   * stops no other; the first failure is thrown at the end.
   */
  async all(): Promise<void> {
    const { store, limits } = this.#context;
    const now = this.#context.now();
    const expired = () => store.dropExpired(now, now - limits.welcomeKept);
    await forEvery([expired, () => this.#every()], (work) => work());
  }

  async #every(after = ''): Promise<void> {
    const ids = await this.#context.store.groups(after, pageGroups);
    const last = ids.at(-1);
    if (last === undefined) return;
    const page = () => forEvery(ids, (groupId) => tend(this.#context, groupId));
    await forEvery([page, () => this.#every(last)], (work) => work());
  }
}
