import { revokedSerials } from '../../controller/revoked-serials.ts';
import type { AgentRecord } from '../../controller/store.ts';
import { toHex } from '../../protocol/bytes.ts';

/** The agents of a group in memory, so that a page, a count or a list costs no reading at NATS. */
export class AgentIndex {
  readonly #records = new Map<string, AgentRecord>();
  /** agent_ids by the hex of their key; deleted names are left out. */
  readonly #byKey = new Map<string, Set<string>>();
  #names: readonly string[] | undefined;

  /** Keeps the newest record of an agent, or forgets it; the one before. */
  set(agentId: string, record: AgentRecord | undefined): AgentRecord | undefined {
    const before = this.#records.get(agentId);
    if (before !== undefined) this.#forgetName(toHex(before.signingSpki), agentId);
    if (record === undefined) this.#records.delete(agentId);
    else this.#records.set(agentId, record);
    if (record !== undefined && record.deletedAt === undefined) {
      const key = toHex(record.signingSpki);
      const names = this.#byKey.get(key) ?? new Set();
      this.#byKey.set(key, names.add(agentId));
    }
    if (isShown(before) !== isShown(record)) this.#names = undefined;
    return before;
  }

  #forgetName(key: string, agentId: string): void {
    const names = this.#byKey.get(key);
    names?.delete(agentId);
    if (names?.size === 0) this.#byKey.delete(key);
  }

  /** Returns an agent, one that was deleted too. */
  get(agentId: string): AgentRecord | undefined {
    return this.#records.get(agentId);
  }

  /** Returns at most `limit` agents after `after`, in order of agent_id. */
  page(after: string, limit: number): AgentRecord[] {
    this.#names ??= [...this.#records.values()]
      .filter(isShown)
      .map(({ agentId }) => agentId)
      .sort();
    const names = this.#names;
    let [low, high] = [0, names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((names[middle] ?? '') > after) high = middle;
      else low = middle + 1;
    }
    return names.slice(low, low + limit).flatMap((name) => this.#records.get(name) ?? []);
  }

  /** Returns how many agents there are, of one key (hex of its SPKI) or in all. */
  count(key: string | undefined): number {
    if (key !== undefined) return this.#byKey.get(key)?.size ?? 0;
    let sum = 0;
    for (const names of this.#byKey.values()) sum += names.size;
    return sum;
  }

  /** Returns every record, deleted ones too. */
  all(): AgentRecord[] {
    return [...this.#records.values()];
  }

  /** Returns what a list signed at `now` (Unix seconds) has to name. */
  revokedSerials(now: number) {
    return this.all().flatMap((record) => revokedSerials(record, now));
  }
}

function isShown(record: AgentRecord | undefined): boolean {
  return record !== undefined && record.deletedAt === undefined;
}
