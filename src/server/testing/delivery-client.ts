import * as v from 'valibot';
import type { Registrant } from '../../controller/testing/registrant.ts';
import { createGroupKeyPackage } from '../../group/credential/key-package.ts';
import { tokenAnswer } from '../../group/wire/delivery-answers.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { label } from '../../protocol/wire/label.ts';
import { postJson } from './raw-agent.ts';

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const now = () => Math.floor(Date.now() / 1_000);
const listed = v.object({ certificate: v.object({ signing: v.string() }) });

/** An agent at a server's delivery service, call by call. */
export class DeliveryClient {
  readonly #server: string;
  readonly #registrant: Registrant;
  readonly #token: string;

  private constructor(server: string, registrant: Registrant, token: string) {
    this.#server = server;
    this.#registrant = registrant;
    this.#token = token;
  }

  /** Gets a token for an agent that is registered; `name` is the base URL that it signs. */
  static async open(server: string, registrant: Registrant, name = server): Promise<DeliveryClient> {
    const nonce = encodeBase64(random(32));
    const rest = { agent_id: registrant.agentId, server: name, timestamp: now(), nonce };
    const signed = concat(label('delivery token'), canonicalBytes(rest));
    const signature = encodeBase64(await signPss(crypto.subtle, registrant.signing.privateKey, signed));
    const answer = await postJson(`${server}/delivery/token`, { ...rest, signature });
    if (answer.status !== 201) throw new TypeError(`no token: ${await answer.text()}`);
    return new DeliveryClient(server, registrant, v.parse(tokenAnswer, await answer.json()).token);
  }

  /** Calls with the token; a body is sent as JSON. */
  call(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`${this.#server}/delivery${path}`, { method, headers, ...sent });
  }

  /** Makes a KeyPackage whose credential says that it is of `agentId`; base64. */
  async keyPackage(agentId = this.#registrant.agentId): Promise<string> {
    const entry = await fetch(`${this.#server}/controller/agents/${this.#registrant.agentId}`);
    const { certificate } = v.parse(listed, await entry.json());
    const hash = await sha256(crypto.subtle, decodeBase64(certificate.signing));
    const claims = { agentId, certificate: hash, notBefore: now() - 60, notAfter: now() + 86_400 * 20 };
    const sign = (data: Bytes) => signPss(crypto.subtle, this.#registrant.signing.privateKey, data);
    return encodeBase64((await createGroupKeyPackage(claims, sign, random)).bytes);
  }
}
