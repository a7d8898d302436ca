import * as v from 'valibot';
import {
  appendAnswer,
  entriesAnswer,
  inboxAnswer,
  takeAnswer,
  tokenAnswer,
} from '../../group/wire/delivery-answers.ts';
import type { AppendCall } from '../../group/wire/delivery-calls.ts';
import { encodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { type Bytes, concat, fromHex, toHex } from '../../protocol/bytes.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { label } from '../../protocol/wire/label.ts';
import type { DeliveryLimits } from '../context.ts';
import { createDelivery, type DeliveryApp } from '../delivery.ts';
import { NoticeStreams } from '../notice-streams.ts';
import type { DeliveryNews } from '../notices.ts';
import type { RegisteredAgent } from '../registry.ts';
import type { DeliveryStore } from '../store.ts';

export const serverUrl = 'https://parley.test';

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

/** Returns 16 random bytes in hex: a group_id, an entry_id. */
export function newId(): string {
  return toHex(random(16));
}

/** One pair of RSA keys, which every agent of a test has: nothing here depends on whose key it is. */
export async function makeSigningKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(
    { name: 'RSA-PSS', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  );
}

/** Returns an MLSMessage as it goes over the wire: a PrivateMessage of `size` bytes or some more. */
export function privateMessage(
  groupId: string,
  contentType: 'application' | 'proposal' | 'commit' = 'application',
  size = 64,
): Bytes {
  return encodeMlsMessage({
    wireFormat: 'mls_private_message',
    privateMessage: {
      groupId: fromHex(groupId),
      epoch: 1n,
      contentType,
      authenticatedData: new Uint8Array(0),
      encryptedSenderData: random(16),
      ciphertext: size <= 65_536 ? random(size) : new Uint8Array(size),
    },
  });
}

/** Returns what begins as a Welcome does. */
export function welcomeMessage(size = 64): Bytes {
  return concat(Uint8Array.of(0, 1, 0, 3), new Uint8Array(size));
}

/** What an append is made of besides the group. */
type Extra = Partial<AppendCall>;

/** A delivery service with agents, over a store, with a clock that a test moves. */
export class DeliveryWorld {
  /** Unix seconds. */
  now = 1_790_000_000;
  readonly registered = new Map<string, RegisteredAgent>();
  readonly listed = new Set<string>();
  readonly news: (DeliveryNews & { readonly agentId: string })[] = [];
  readonly streams = new NoticeStreams();
  /** Whether a stored KeyPackage can be used at a time, in Unix seconds. */
  isUsable = (_bytes: Bytes, _now: number): boolean => true;
  readonly app: DeliveryApp;
  readonly #keys: CryptoKeyPair;
  readonly #spki: Bytes;
  readonly #tokens = new Map<string, string>();

  private constructor(keys: CryptoKeyPair, spki: Bytes, store: DeliveryStore, limits: Partial<DeliveryLimits>) {
    this.#keys = keys;
    this.#spki = spki;
    this.app = createDelivery({
      store,
      registry: {
        agent: async (agentId) => this.registered.get(agentId),
        isListed: async (agentId) => this.listed.has(agentId),
        certificate: async () => undefined,
        authorities: async () => [],
      },
      notices: { changed: (agentId, news) => this.news.push({ agentId, ...news }) },
      clock: () => this.now * 1_000,
      random,
      names: () => [serverUrl],
      checkKeyPackage: async () => undefined,
      isUsable: (bytes, at) => this.isUsable(bytes, at),
      streams: this.streams,
      limits,
    });
  }

  static async create(
    keys: CryptoKeyPair,
    store: DeliveryStore,
    agents: readonly string[],
    limits: Partial<DeliveryLimits> = {},
  ): Promise<DeliveryWorld> {
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey));
    const world = new DeliveryWorld(keys, spki, store, limits);
    for (const agentId of agents) world.register(agentId);
    return world;
  }

  register(agentId: string, signingSpki: Bytes = this.#spki): void {
    this.registered.set(agentId, { signingSpki, isRevoked: false });
  }

  revoke(agentId: string): void {
    this.registered.set(agentId, { signingSpki: this.#spki, isRevoked: true });
    this.listed.add(agentId);
  }

  /** What an agent signs for a token; a test may change it before or after. */
  async statement(
    agentId: string,
    more: { readonly server?: string; readonly timestamp?: number; readonly nonce?: string } = {},
    keys: CryptoKeyPair = this.#keys,
  ) {
    const rest = {
      agent_id: agentId,
      server: serverUrl,
      timestamp: this.now,
      nonce: encodeBase64(random(32)),
      ...more,
    };
    const signed = concat(label('delivery token'), canonicalBytes(rest));
    return { ...rest, signature: encodeBase64(await signPss(crypto.subtle, keys.privateKey, signed)) };
  }

  /** Returns a new token of an agent. */
  async token(agentId: string): Promise<string> {
    const answer = await this.post('/token', await this.statement(agentId));
    return v.parse(tokenAnswer, await answer.json()).token;
  }

  /** Calls without a token. */
  post(path: string, body: unknown): Promise<Response> {
    return this.app.fetch(new Request(`${serverUrl}/delivery${path}`, { method: 'POST', body: JSON.stringify(body) }));
  }

  /** Calls with a token of `agentId`. */
  async as(agentId: string, method: string, path: string, body?: unknown): Promise<Response> {
    let token = this.#tokens.get(agentId);
    if (token === undefined || this.#madeAt.get(agentId) !== this.now) token = await this.#renew(agentId);
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const headers = { authorization: `Bearer ${token}` };
    return this.app.fetch(new Request(`${serverUrl}/delivery${path}`, { method, headers, ...init }));
  }

  readonly #madeAt = new Map<string, number>();

  async #renew(agentId: string): Promise<string> {
    const token = await this.token(agentId);
    this.#tokens.set(agentId, token);
    this.#madeAt.set(agentId, this.now);
    return token;
  }

  /** Appends; what is not given is a message after the first commit. */
  append(agentId: string, groupId: string, { kind = 'message', ...more }: Extra = {}): Promise<Response> {
    const content = kind === 'message' ? 'application' : kind;
    return this.as(agentId, 'POST', `/groups/${groupId}/entries`, {
      entry_id: newId(),
      kind,
      after: 0,
      message: encodeBase64(privateMessage(groupId, content)),
      ...more,
    });
  }

  /** Appends, and returns index and head. */
  async appended(agentId: string, groupId: string, more: Extra = {}) {
    const answer = await this.append(agentId, groupId, more);
    if (answer.status !== 201) throw new TypeError(await answer.text());
    return v.parse(appendAnswer, await answer.json());
  }

  /** Makes a group of these members; the first is its admin and makes it. */
  async group(members: readonly [string, ...string[]], more: Extra = {}): Promise<string> {
    const groupId = newId();
    const [creator] = members;
    const lists = { members: members.toSorted(), admins: [creator] };
    await this.appended(creator, groupId, { kind: 'commit', after: -1, ...lists, ...more });
    return groupId;
  }

  async entries(agentId: string, groupId: string, from = 0) {
    const answer = await this.as(agentId, 'GET', `/groups/${groupId}/entries?from=${from}`);
    if (answer.status !== 200) throw new TypeError(await answer.text());
    return v.parse(entriesAnswer, await answer.json());
  }

  read(agentId: string, groupId: string, index: number): Promise<Response> {
    return this.as(agentId, 'POST', `/groups/${groupId}/read`, { index });
  }

  async inbox(agentId: string, from = 0) {
    const answer = await this.as(agentId, 'GET', `/inbox?from=${from}`);
    return v.parse(inboxAnswer, await answer.json());
  }

  take(taker: string, agentId: string): Promise<Response> {
    return this.as(taker, 'POST', `/key-packages/${agentId}/take`);
  }

  async taken(taker: string, agentId: string) {
    const { key_package, last_resort } = v.parse(takeAnswer, await (await this.take(taker, agentId)).json());
    return { key_package: encodeBase64(key_package), last_resort };
  }
}

const problem = v.object({
  type: v.string(),
  status: v.number(),
  code: v.string(),
  detail: v.string(),
  index: v.optional(v.number()),
});

/** Returns status and code of a refusal, and its index if it has one; an answer that is none has the code `''`. */
export async function refusalOf(response: Response): Promise<readonly [status: number, code: string, index?: number]> {
  if (response.headers.get('content-type') !== 'application/problem+json') return [response.status, ''];
  const { status, code, index } = v.parse(problem, await response.json());
  if (status !== response.status) throw new TypeError('The problem has another status than its answer.');
  return index === undefined ? [status, code] : [status, code, index];
}
