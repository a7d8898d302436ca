import * as v from 'valibot';
import { ParleyError } from '../../../protocol/errors.ts';
import { parsedRecord } from '../../json/record.ts';
import { type Blob, type Blobs, blobV1 } from './blobs.ts';
import type { SealedKeys } from './sealed-keys.ts';

/** Welcomes of one sender that may wait: a record of NATS has 1 MiB. */
const mostWaiting = 2_000;

/** Version 1 of the Welcomes that an agent wrote, and in whose inbox each still waits. */
const sentV1 = v.array(v.object({ welcome: blobV1, size: v.number(), to: v.array(v.string()) }));

/** The Welcomes of each sender that were not read yet. */
export class SentWelcomes {
  readonly #keys: SealedKeys;
  readonly #blobs: Blobs;

  constructor(keys: SealedKeys, blobs: Blobs) {
    this.#keys = keys;
    this.#blobs = blobs;
  }

  /** Notes a Welcome. Throws `mailbox_full` when too many of the sender wait. */
  async add(sender: string, welcome: Blob, size: number, to: readonly string[]): Promise<void> {
    await this.#keys.change(keyOf(sender), (text) => {
      const before = read(text);
      if (before.length >= mostWaiting) {
        const detail = `At most ${mostWaiting} of your Welcomes may wait. Nothing was stored. Try again when they were read.`;
        throw new ParleyError('mailbox_full', detail);
      }
      return JSON.stringify([...before, { welcome, size, to }]);
    });
  }

  /** Notes that a Welcome waits in an inbox no more, and drops it with the last. */
  async gone(sender: string, welcome: Blob, agentId: string): Promise<void> {
    let isLast = false;
    await this.#keys.change(keyOf(sender), (text) => {
      const before = read(text);
      const left = before
        .map((one) => (isOf(one, welcome) ? { ...one, to: one.to.filter((id) => id !== agentId) } : one))
        .filter(({ to }) => to.length > 0);
      isLast = left.length < before.length;
      const isSame = before.every(({ to }, at) => to.length === left[at]?.to.length);
      return isSame ? undefined : JSON.stringify(left);
    });
    if (isLast) await this.#blobs.drop(welcome);
  }

  /** Forgets a Welcome that came to nothing. */
  async remove(sender: string, welcome: Blob): Promise<void> {
    await this.#keys.change(keyOf(sender), (text) => JSON.stringify(read(text).filter((one) => !isOf(one, welcome))));
  }

  /** Returns the bytes of those that wait, one to several counted once. */
  async bytes(sender: string): Promise<number> {
    return read(await this.#keys.get(keyOf(sender))).reduce((sum, { size }) => sum + size, 0);
  }
}

function isOf({ welcome }: v.InferOutput<typeof sentV1>[number], { nonce, hash }: Blob): boolean {
  return welcome.nonce === nonce && welcome.hash === hash;
}

function read(text: string | undefined): v.InferOutput<typeof sentV1> {
  return text === undefined ? [] : parsedRecord(sentV1, text);
}

function keyOf(sender: string): string {
  return `welcomes.${sender}`;
}
