import * as v from 'valibot';
import { type Bytes, concat, equalConstantTime, fromHex, toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { DeliveryStreams } from './streams.ts';

/** Version 1 of the name under which bytes are stored: their SHA-256, what tells this storing from others, and how many parts they have. */
export const blobV1 = v.object({
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  parts: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** The name of stored bytes. */
export type Blob = v.InferOutput<typeof blobV1>;

/** Bytes of any size under their hash, in parts that NATS takes. What stands under a name is never anything else. */
export class Blobs {
  readonly #streams: DeliveryStreams;

  constructor(streams: DeliveryStreams) {
    this.#streams = streams;
  }

  /** Returns a new name for bytes that are to be stored. */
  async name(bytes: Bytes): Promise<Blob> {
    return {
      hash: toHex(await sha256(crypto.subtle, bytes)),
      nonce: toHex(crypto.getRandomValues(new Uint8Array(8))),
      parts: Math.ceil(bytes.length / this.#streams.partBytes),
    };
  }

  /** Stores bytes under a name that was made for them; they are seen by those alone who are told it. */
  async store(blob: Blob, bytes: Bytes): Promise<void> {
    const size = Math.max(1, Math.ceil(bytes.length / Math.max(1, blob.parts)));
    for (let part = 0; part < blob.parts; part += 1) {
      await this.#streams.publish('blobs', `${place(blob)}.${part}`, bytes.subarray(part * size, (part + 1) * size));
    }
  }

  /** Returns the bytes; undefined when they were dropped. Throws `storage_failed` when anything else stands in their place. */
  async get(blob: Blob): Promise<Bytes | undefined> {
    const parts: Bytes[] = [];
    for (let part = 0; part < blob.parts; part += 1) {
      const found = await this.#streams.last('blobs', `${place(blob)}.${part}`);
      if (found === undefined) return undefined;
      parts.push(found.data);
    }
    const bytes = concat(...parts);
    if (equalConstantTime(await sha256(crypto.subtle, bytes), fromHex(blob.hash))) return bytes;
    throw new ParleyError(
      'storage_failed',
      'Bytes of the delivery service were overwritten at NATS by something other than a server of this group.',
    );
  }

  async drop(blob: Blob): Promise<void> {
    await this.#streams.purge('blobs', `${place(blob)}.>`);
  }
}

function place({ hash, nonce }: Blob): string {
  return `${hash}.${nonce}`;
}
