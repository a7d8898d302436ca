import * as v from 'valibot';
import type { InboxRecord } from '../../../delivery/store.ts';
import { parsedRecord } from '../../json/record.ts';
import { type Blob, blobV1 } from './blobs.ts';
import type { SealedKeys } from './sealed-keys.ts';

/**
 * Version 1 of the Welcomes whose entries are being appended to logs, of one inbox: `since` the index from which one may stand there already,
 * `began` in milliseconds since 1970.
 */
const comingV1 = v.array(
  v.object({
    record: v.object({
      groupId: v.string(),
      entry: v.number(),
      from: v.string(),
      size: v.number(),
      at: v.number(),
    }),
    welcome: blobV1,
    since: v.number(),
    began: v.number(),
  }),
);

/** A Welcome whose entry is being appended, or was. */
export type ComingWelcome = v.InferOutput<typeof comingV1>[number];

/**
 * Which Welcomes are on their way into which inbox. One is noted before its entry is appended, and until it stands in the inbox: whoever
 * reads the inbox puts in what a server left out that was killed after the entry.
 */
export class ComingWelcomes {
  readonly #keys: SealedKeys;

  constructor(keys: SealedKeys) {
    this.#keys = keys;
  }

  async of(agentId: string): Promise<readonly ComingWelcome[]> {
    return read(await this.#keys.get(keyOf(agentId)));
  }

  async find(agentId: string, welcome: Blob): Promise<ComingWelcome | undefined> {
    return (await this.of(agentId)).find((one) => isOf(one, welcome));
  }

  async add(agentId: string, record: Omit<InboxRecord, 'index'>, welcome: Blob, since: number): Promise<void> {
    const { groupId, entry, from, size, at } = record;
    const coming: ComingWelcome = { record: { groupId, entry, from, size, at }, welcome, since, began: Date.now() };
    await this.#keys.change(keyOf(agentId), (text) => JSON.stringify([...read(text), coming]));
  }

  async remove(agentId: string, welcomes: readonly Blob[]): Promise<void> {
    await this.#keys.change(keyOf(agentId), (text) => {
      const before = read(text);
      const left = before.filter((one) => !welcomes.some((welcome) => isOf(one, welcome)));
      return left.length === before.length ? undefined : JSON.stringify(left);
    });
  }
}

function isOf({ welcome }: ComingWelcome, { nonce, hash }: Blob): boolean {
  return welcome.nonce === nonce && welcome.hash === hash;
}

function read(text: string | undefined): readonly ComingWelcome[] {
  return text === undefined ? [] : parsedRecord(comingV1, text);
}

function keyOf(agentId: string): string {
  return `coming.${agentId}`;
}
