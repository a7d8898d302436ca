import { jetstream } from '@nats-io/jetstream';
import { type KV, Kvm, type KvOptions } from '@nats-io/kv';
import type { PendingRegistration, StoredCertificate } from '../../controller/store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { registrationFromJson, registrationToJson } from '../json/controller-records.ts';
import { isOutrun } from './change.ts';
import type { NatsLink } from './link.ts';
import type { Seal } from './seal.ts';

/** Milliseconds after which a registration and its signature go by themselves: more than either is kept. */
const registrationTtl = 15 * 60_000;

/** Milliseconds after which it is forgotten when an agent was seen last. */
const seenTtl = 400 * 86_400_000;

/** Keys that one call reads or writes at once. */
const mostAtOnce = 100;

const registrationId = /^[0-9a-f]{64}$/;
const certificateHash = /^[\w-]{40,64}$/;

/** What is read by its key alone, each text sealed with it: registrations under way, and the certificates of all times. */
export class KeyedRecords {
  readonly #link: NatsLink;
  readonly #seal: Seal;
  readonly #registrations: KV;
  readonly #certificates: KV;
  readonly #seen: KV;

  private constructor(link: NatsLink, seal: Seal, registrations: KV, certificates: KV, seen: KV) {
    this.#link = link;
    this.#seal = seal;
    this.#registrations = registrations;
    this.#certificates = certificates;
    this.#seen = seen;
  }

  /** Opens the three buckets. Rejects with what NATS throws. */
  static async open(link: NatsLink, seal: Seal, prefix: string): Promise<KeyedRecords> {
    const kvm = new Kvm(jetstream(link.connection));
    const options: Partial<KvOptions> = { history: 1, allow_direct: false };
    return link.whileUp(
      async () =>
        new KeyedRecords(
          link,
          seal,
          await kvm.create(`${prefix}_registrations`, { ...options, ttl: registrationTtl }),
          await kvm.create(`${prefix}_certificates`, options),
          await kvm.create(`${prefix}_seen`, { ...options, ttl: seenTtl }),
        ),
    );
  }

  async keepCertificates(certificates: readonly StoredCertificate[]): Promise<void> {
    for (const { hash, der } of certificates) {
      await this.#put(this.#certificates, hash, Buffer.from(der).toString('base64'));
    }
  }

  async certificate(hash: string): Promise<Bytes | undefined> {
    if (!certificateHash.test(hash)) return undefined;
    const { text } = await this.#read(this.#certificates, hash);
    return text === undefined ? undefined : new Uint8Array(Buffer.from(text, 'base64'));
  }

  async putRegistration(registration: PendingRegistration): Promise<void> {
    await this.#put(this.#registrations, `pending.${registration.keyId}`, registrationToJson(registration));
  }

  async takeRegistration(id: string): Promise<PendingRegistration | undefined> {
    if (!registrationId.test(id)) return undefined;
    const key = `pending.${id.slice(0, 32)}`;
    const { text, revision } = await this.#read(this.#registrations, key);
    const registration = text === undefined ? undefined : registrationFromJson(text);
    if (registration?.id !== id) return undefined;
    const isTaken = await this.#unlessOutrun(() => this.#registrations.delete(key, { previousSeq: revision }));
    return isTaken ? registration : undefined;
  }

  async hasSignature(hash: string): Promise<boolean> {
    return (await this.#read(this.#registrations, `signatures.${hash}`)).revision > 0;
  }

  addSignature(hash: string, until: number): Promise<boolean> {
    const key = `signatures.${hash}`;
    return this.#unlessOutrun(() =>
      this.#registrations.create(key, this.#sealed(this.#registrations, key, String(until))),
    );
  }

  /** Notes that agents were connected at `at` (Unix seconds). */
  async noteSeen(agentIds: readonly string[], at: number): Promise<void> {
    for (const part of partsOf(agentIds)) {
      await Promise.all(part.map((agentId) => this.#put(this.#seen, agentId, String(at))));
    }
  }

  /** Returns when each agent was seen last, in Unix seconds. */
  async lastSeen(agentIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>();
    for (const part of partsOf(agentIds)) {
      const found = await Promise.all(part.map((agentId) => this.#read(this.#seen, agentId)));
      for (const [index, agentId] of part.entries()) {
        const at = Number(found[index]?.text);
        if (Number.isFinite(at)) seen.set(agentId, at);
      }
    }
    return seen;
  }

  async #read(kv: KV, key: string): Promise<{ readonly text: string | undefined; readonly revision: number }> {
    const entry = await this.#link.whileUp(() => kv.get(key));
    if (entry?.operation !== 'PUT') return { text: undefined, revision: entry?.revision ?? 0 };
    return { text: this.#seal.open(this.#place(kv, key), entry.string()), revision: entry.revision };
  }

  async #put(kv: KV, key: string, text: string): Promise<void> {
    await this.#link.whileUp(() => kv.put(key, this.#sealed(kv, key, text)));
  }

  #sealed(kv: KV, key: string, text: string): string {
    return this.#seal.close(this.#place(kv, key), text);
  }

  #place(kv: KV, key: string): [string, string] {
    if (kv === this.#seen) return ['seen', key];
    return [kv === this.#certificates ? 'certificates' : 'registrations', key];
  }

  async #unlessOutrun(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.#link.whileUp(work);
      return true;
    } catch (error) {
      if (isOutrun(error)) return false;
      throw error;
    }
  }
}

function* partsOf(keys: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < keys.length; start += mostAtOnce) yield keys.slice(start, start + mostAtOnce);
}
