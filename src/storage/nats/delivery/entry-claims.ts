import * as v from 'valibot';
import { parsedRecord } from '../../json/record.ts';
import type { SealedKeys } from './sealed-keys.ts';

/** Version 1 of where a sender is about to append an entry_id, or has. `until` in Unix seconds. */
const claimV1 = v.object({ groupId: v.string(), index: v.number(), until: v.number() });

/** Where a sender is about to append an entry_id, or has. */
export type EntryClaim = v.InferOutput<typeof claimV1>;

/**
 * Which entry_ids senders use, and where. A claim is made before the entry is appended and holds once the log has the entry there, so
 * that an entry_id whose answer was lost is found again, whatever ended meanwhile.
 */
export class EntryClaims {
  readonly #keys: SealedKeys;
  readonly #isPast: (until: number) => boolean;

  constructor(keys: SealedKeys, isPast: (until: number) => boolean) {
    this.#keys = keys;
    this.#isPast = isPast;
  }

  async get(sender: string, entryId: string): Promise<EntryClaim | undefined> {
    return this.#read(await this.#keys.get(keyOf(sender, entryId)));
  }

  /**
   * Claims a place in a log for an entry_id, in place of `void_`, a claim that is known to have come to nothing. False when there is
   * another claim: it is looked at before anything is appended.
   */
  async claim(sender: string, entryId: string, claim: EntryClaim, void_: EntryClaim | undefined): Promise<boolean> {
    let isMade = false;
    await this.#keys.change(keyOf(sender, entryId), (text) => {
      const before = this.#read(text);
      const isSame = before?.groupId === claim.groupId && before.index === claim.index;
      const isVoid = before?.groupId === void_?.groupId && before?.index === void_?.index;
      isMade = before === undefined || isSame || isVoid;
      return isMade && !isSame ? JSON.stringify(claim) : undefined;
    });
    return isMade;
  }

  #read(text: string | undefined): EntryClaim | undefined {
    const claim = text === undefined ? undefined : parsedRecord(claimV1, text);
    return claim === undefined || this.#isPast(claim.until) ? undefined : claim;
  }
}

function keyOf(sender: string, entryId: string): string {
  return `${sender}.${entryId}`;
}
