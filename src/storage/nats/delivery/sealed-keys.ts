import { jetstream } from '@nats-io/jetstream';
import { type KV, Kvm, type KvOptions } from '@nats-io/kv';
import { ParleyError } from '../../../protocol/errors.ts';
import { isOutrun } from '../change.ts';
import { type NatsLink, unreachable } from '../link.ts';
import type { Seal } from '../seal.ts';

/** How often a change is tried while others are faster. */
const mostTries = 100;

/** Records by their keys, each authenticated together with its bucket and key. */
export class SealedKeys {
  readonly #link: NatsLink;
  readonly #seal: Seal;
  readonly #kv: KV;
  readonly #bucket: string;
  /** The last change of each key by this server: they take turns here, and compete with other servers alone. */
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(link: NatsLink, seal: Seal, kv: KV, bucket: string) {
    this.#link = link;
    this.#seal = seal;
    this.#kv = kv;
    this.#bucket = bucket;
  }

  /** Opens a bucket; `ttl` is the milliseconds after which records go by themselves. Rejects with what NATS throws. */
  static async open(link: NatsLink, seal: Seal, bucket: string, ttl?: number): Promise<SealedKeys> {
    const options: Partial<KvOptions> = { history: 1, allow_direct: false, ...(ttl === undefined ? {} : { ttl }) };
    const kvm = new Kvm(jetstream(link.connection));
    return new SealedKeys(link, seal, await link.whileUp(() => kvm.create(bucket, options)), bucket);
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#read(key)).text;
  }

  /**
   * Replaces what a key holds by what `change` makes of it, again for as long as another server is faster. Nothing is written when it
   * throws, or gives undefined.
   */
  async change(key: string, change: (text: string | undefined) => string | undefined): Promise<void> {
    const before = this.#turns.get(key);
    const own = this.#inTurn(before, key, change);
    this.#turns.set(key, own);
    try {
      await own;
    } finally {
      if (this.#turns.get(key) === own) this.#turns.delete(key);
    }
  }

  /** Returns the keys that hold something. */
  names(): Promise<readonly string[]> {
    return this.#link.whileUp(async () => {
      const names: string[] = [];
      for await (const name of await this.#kv.keys()) names.push(name);
      return names;
    });
  }

  async delete(key: string): Promise<void> {
    await this.#link.whileUp(() => this.#kv.purge(key));
  }

  async #inTurn(
    before: Promise<unknown> | undefined,
    key: string,
    change: (text: string | undefined) => string | undefined,
  ): Promise<void> {
    // What came of the change before is told to whoever asked for it.
    await before?.catch(() => undefined);
    for (let tries = 0; tries < mostTries; tries += 1) {
      const { text, revision } = await this.#read(key);
      const made = change(text);
      if (made === undefined) return;
      try {
        const sealed = this.#seal.close([this.#bucket, key], made);
        await this.#link.whileUp(() => this.#kv.put(key, sealed, { previousSeq: revision }));
        return;
      } catch (error) {
        if (!isOutrun(error)) throw error;
      }
    }
    throw unreachable();
  }

  async #read(key: string): Promise<{ readonly text: string | undefined; readonly revision: number }> {
    const entry = await this.#link.whileUp(() => this.#kv.get(key));
    if (entry?.operation !== 'PUT') return { text: undefined, revision: entry?.revision ?? 0 };
    const text = this.#seal.open([this.#bucket, key], entry.string());
    if (text !== undefined) return { text, revision: entry.revision };
    throw new ParleyError(
      'storage_failed',
      'A record of the delivery service was overwritten at NATS by something other than a server of this group.',
    );
  }
}
