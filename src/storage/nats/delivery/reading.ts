import * as v from 'valibot';
import { newUpkeep, type Position, type Upkeep } from '../../../delivery/store.ts';
import { parsedRecord } from '../../json/record.ts';
import { toUpkeepV1, upkeepV1 } from '../../records/delivery.ts';
import type { SealedKeys } from './sealed-keys.ts';

/** Version 1 of how far the members of a group have read: of each its agent_id, the index, and when it said so. */
const positionsV1 = v.array(v.strictTuple([v.string(), v.number(), v.number()]));
/** Version 1 of the upkeep of a log, with the indices whose messages are gone, as spans, and the index below which entries are. */
const keptV1 = v.object({
  upkeep: upkeepV1,
  dropped: v.array(v.strictTuple([v.number(), v.number()])),
  below: v.number(),
});

/** What is gone of a log. */
export type Kept = v.InferOutput<typeof keptV1>;

/** How far a group's log was read, and what was dropped of it: one record a group for each. */
export class Reading {
  readonly #keys: SealedKeys;

  constructor(keys: SealedKeys) {
    this.#keys = keys;
  }

  async positions(groupId: string): Promise<ReadonlyMap<string, Position>> {
    return readPositions(await this.#keys.get(`positions.${groupId}`));
  }

  async setPosition(groupId: string, agentId: string, { index, at }: Position): Promise<number> {
    let stands = index;
    await this.#keys.change(`positions.${groupId}`, (text) => {
      const all = new Map(readPositions(text));
      const before = all.get(agentId);
      stands = Math.max(index, before?.index ?? 0);
      all.set(agentId, { index: stands, at: Math.max(at, before?.at ?? 0) });
      return JSON.stringify([...all].map(([id, position]) => [id, position.index, position.at]));
    });
    return stands;
  }

  async kept(groupId: string): Promise<Kept> {
    return readKept(await this.#keys.get(`upkeep.${groupId}`));
  }

  async changeUpkeep(groupId: string, change: (current: Upkeep) => Upkeep): Promise<void> {
    await this.#change(groupId, (kept) => {
      const made = change(kept.upkeep);
      return made === kept.upkeep ? undefined : { ...kept, upkeep: toUpkeepV1(made) };
    });
  }

  /** Notes that the messages of these entries are gone. */
  async drop(groupId: string, indices: readonly number[]): Promise<void> {
    await this.#change(groupId, (kept) => ({
      ...kept,
      dropped: spansOf([...kept.dropped, ...indices.map((index): [number, number] => [index, index])]),
    }));
  }

  /** Notes that all entries below an index are gone. */
  async dropBelow(groupId: string, below: number): Promise<void> {
    await this.#change(groupId, (kept) =>
      below <= kept.below ? undefined : { ...kept, below, dropped: kept.dropped.filter(([, last]) => last >= below) },
    );
  }

  async #change(groupId: string, change: (kept: Kept) => Kept | undefined): Promise<void> {
    await this.#keys.change(`upkeep.${groupId}`, (text) => {
      const made = change(readKept(text));
      return made === undefined ? undefined : JSON.stringify(made);
    });
  }
}

/** True when the message of an entry is gone. */
export function isDropped({ dropped }: Kept, index: number): boolean {
  return dropped.some(([first, last]) => first <= index && index <= last);
}

function readPositions(text: string | undefined): ReadonlyMap<string, Position> {
  const all = text === undefined ? [] : parsedRecord(positionsV1, text);
  return new Map(all.map(([agentId, index, at]) => [agentId, { index, at }]));
}

function readKept(text: string | undefined): Kept {
  return text === undefined ? { upkeep: toUpkeepV1(newUpkeep), dropped: [], below: 0 } : parsedRecord(keptV1, text);
}

/** Returns the same indices as spans that neither overlap nor touch, in their order. */
function spansOf(spans: readonly (readonly [number, number])[]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [first, last] of spans.toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
