import * as v from 'valibot';
import { withoutTrailingSlash } from '../../http/base-url.ts';
import { readBody } from '../../http/body.ts';
import { retryAfterOf } from '../../http/retry-after.ts';
import { readPem } from '../../pki/pem.ts';
import type { RevocationReason } from '../../pki/revocation-reason.ts';
import { type Bytes, concat, equalConstantTime } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { decryptOaepSessionKey } from '../../protocol/crypto/rsa-oaep.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { asParleyError, type ErrorExtras, ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { label } from '../../protocol/wire/label.ts';
import { agentId, bytesBetween, certificatePair } from '../../protocol/wire/members.ts';
import { parseMessage, parseObject, readProblem } from '../../protocol/wire/parse.ts';
import type { Network, StoredRegistration } from '../contracts/ports.ts';
import { type EventListener, readEvents } from './event-reader.ts';

const answerLimit = 4 * 1024 * 1024;
const certificateLimit = 8_192;
/** Bytes of a revocation list: some 800,000 certificates, all of the agents that a Controller has. */
const listLimit = 32 * 1024 * 1024;
const deadlineMs = 10_000;

const directoryEntry = v.object({
  agent_id: agentId,
  address: v.string(),
  certificate: certificatePair,
  status: v.picklist(['active', 'revoked']),
  online: v.boolean(),
});
/** An agent as the directory lists it (protocol page, section 6). */
export type DirectoryEntry = v.InferOutput<typeof directoryEntry>;

const directory = v.object({ agents: v.array(directoryEntry), next: v.exactOptional(agentId) });
/** A page of the directory (protocol page, section 6). */
export type DirectoryPage = v.InferOutput<typeof directory>;
const registrationStarted = v.object({ registration_id: v.string(), challenge: bytesBetween(256, 512) });
const registrationDone = v.object({ certificate: certificatePair, ca_certificate: bytesBetween(1, 8_192) });

/** The Controller's calls (protocol page, section 6). Each rejects with its code, or with `controller_unreachable`. */
export class ControllerClient {
  readonly #network: Network;
  readonly #baseUrl: string;
  readonly #environment: Pick<Environment, 'subtle' | 'now'>;
  readonly #registrationToken: string | undefined;
  readonly #heard: (theirs: number) => void;

  /**
   * `registrationToken`, when there is one, is shown when registering; `heard` is told what time it is by the Controller's answers, in
   * Unix seconds.
   */
  constructor(
    network: Network,
    baseUrl: string,
    environment: Pick<Environment, 'subtle' | 'now'>,
    registrationToken?: string,
    heard: (theirs: number) => void = () => undefined,
  ) {
    this.#heard = heard;
    this.#registrationToken = registrationToken;
    this.#network = network;
    this.#baseUrl = withoutTrailingSlash(baseUrl);
    this.#environment = environment;
  }

  /** Returns the DER of the CA certificate. */
  async caCertificate(): Promise<Bytes> {
    const pem = new TextDecoder().decode(await this.#get('/controller/ca'));
    const certificate = readPem(pem, 'CERTIFICATE');
    if (certificate === undefined) throw notAController(this.#baseUrl);
    return certificate;
  }

  /** Returns the DER of the newest CRL. */
  revocationList(): Promise<Bytes> {
    return this.#get('/controller/crl', listLimit);
  }

  /**
   * Returns the DER of a certificate by its SHA-256, which it is checked to have. Rejects with `unknown_certificate` when the Controller
   * says that it never issued it.
   */
  async certificate(hash: Bytes): Promise<Bytes> {
    const name = encodeBase64(hash).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const der = await this.#get(`/controller/certificates/${name}`, certificateLimit);
    if (equalConstantTime(await sha256(this.#environment.subtle, der), hash)) return der;
    throw notAController(this.#baseUrl);
  }

  /**
   * Returns up to `limit` agents whose agent_id comes after `after`, and `next` when there are more; the Controller
   * sends 500 at most.
   */
  async agents(after: string, limit: number): Promise<DirectoryPage> {
    const query = new URLSearchParams({ ...(after === '' ? {} : { after }), limit: String(limit) });
    return this.#read(directory, await this.#get(`/controller/agents?${query}`));
  }

  /**
   * Returns the entry of one agent. Rejects with `unknown_agent` when there is none, and with `identity_mismatch` for the entry of
   * another: its certificates may be refused for a reason that stops less.
   */
  async agent(id: string): Promise<DirectoryEntry> {
    const entry = this.#read(directoryEntry, await this.#get(`/controller/agents/${encodeURIComponent(id)}`));
    if (entry.agent_id === id) return entry;
    throw new ParleyError('identity_mismatch', 'The directory gave the entry of another agent. Nothing was sent.');
  }

  /** Registers or renews: proves possession of both private keys to this Controller and takes the certificates home. */
  async register(input: {
    readonly agentId: string;
    readonly address: string;
    readonly csr: Bytes;
    readonly encryptionSpki: Bytes;
    readonly signingKey: CryptoKey;
    readonly decryptionKey: CryptoKey;
    /** Unix seconds. */
    readonly now: number;
  }): Promise<StoredRegistration> {
    const request = {
      agent_id: input.agentId,
      address: input.address,
      controller: this.#baseUrl,
      csr: encodeBase64(input.csr),
      encryption_key: encodeBase64(input.encryptionSpki),
      timestamp: input.now,
    };
    const signed = await this.#signed('register', request, input.signingKey);
    const started = this.#read(
      registrationStarted,
      await this.#post('/controller/register', signed, this.#registrationToken),
    );
    const secret = await decryptOaepSessionKey(this.#environment.subtle, input.decryptionKey, started.challenge);
    const bound = canonicalBytes([started.registration_id, this.#baseUrl]);
    const response = await sha256(this.#environment.subtle, concat(label('registration'), bound, secret));
    const done = this.#read(
      registrationDone,
      await this.#post(`/controller/register/${encodeURIComponent(started.registration_id)}/confirm`, {
        challenge_response: encodeBase64(response),
      }),
    );
    return { certificates: done.certificate, caCertificate: done.ca_certificate };
  }

  /**
   * Tells `listener` of every event of the Controller until the stream ends, then resolves; at once when the network has
   * no streams. Events are hints: what they say has to be looked up. Rejects with `controller_unreachable` when the stream is refused,
   * is none, or breaks off.
   */
  async listen(listener: EventListener, signal: AbortSignal): Promise<void> {
    const { stream } = this.#network;
    if (stream === undefined) return;
    const request = new Request(`${this.#baseUrl}/controller/events`, {
      headers: { accept: 'text/event-stream' },
      signal,
    });
    const response = await stream(request);
    if (response.ok) return readEvents(response, listener);
    await response.body?.cancel();
    throw new ParleyError('controller_unreachable', 'The Controller sends no events.', this.#retryAfter(response));
  }

  /** Revokes an agent by its own signature. `now` in Unix seconds. */
  async revoke(agentId: string, reason: RevocationReason, signingKey: CryptoKey, now: number): Promise<void> {
    const statement = { agent_id: agentId, controller: this.#baseUrl, reason, timestamp: now };
    await this.#post('/controller/revoke', await this.#signed('revoke', statement, signingKey));
  }

  /**
   * Signs a statement with RSA-PSS over the label and JCS of the rest, as registration and revocation are signed
   * (protocol page, section 6).
   */
  async #signed(what: 'register' | 'revoke', statement: JsonObject, signingKey: CryptoKey): Promise<JsonObject> {
    const signature = await signPss(
      this.#environment.subtle,
      signingKey,
      concat(label(what), canonicalBytes(statement)),
    );
    return { ...statement, signature: encodeBase64(signature) };
  }

  #get(path: string, limit = answerLimit): Promise<Bytes> {
    return this.#call(new Request(this.#baseUrl + path, { headers: { accept: 'application/json, */*' } }), limit);
  }

  #post(path: string, body: JsonObject, token?: string): Promise<Bytes> {
    return this.#call(
      new Request(this.#baseUrl + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      }),
    );
  }

  async #call(request: Request, limit = answerLimit): Promise<Bytes> {
    let response: Response;
    try {
      response = await this.#network.send(request, deadlineMs);
    } catch (cause) {
      throw notAnswered(cause);
    }
    // A date that a cache has kept would say that the clock is ahead.
    const isNew = response.headers.get('cache-control')?.includes('no-store') === true;
    const date = Date.parse(response.headers.get('date') ?? '');
    if (isNew && Number.isFinite(date)) this.#heard(Math.floor(date / 1_000));
    const body = await readBody(response, limit);
    if (response.ok) return body;
    const problem = readProblem(body, answerLimit);
    if (problem === undefined)
      throw notAController(this.#baseUrl, { status: response.status, ...this.#retryAfter(response) });
    const { code, detail, now } = problem;
    if (now !== undefined) this.#heard(now);
    throw new ParleyError(code, detail, { ...this.#retryAfter(response), ...(now === undefined ? {} : { now }) });
  }

  #retryAfter(response: Response): { readonly retryAfter?: number } {
    return retryAfterOf(response, this.#environment.now());
  }

  #read<const Schema extends v.GenericSchema>(schema: Schema, body: Bytes): v.InferOutput<Schema> {
    try {
      return parseMessage(schema, parseObject(body, answerLimit)).value;
    } catch (cause) {
      throw notAController(this.#baseUrl, { cause });
    }
  }
}

/** Returns the error of a Controller that gave no answer, with the network's reason. */
function notAnswered(cause: unknown): ParleyError {
  const { code, detail } = asParleyError(cause, 'peer_unreachable');
  if (code === 'tls_untrusted') return new ParleyError(code, detail, { cause: causeOf(cause) });
  const reason = cause instanceof ParleyError ? detail : 'Check the connection and try again.';
  return new ParleyError('controller_unreachable', `The Controller does not answer. ${reason}`, {
    cause: causeOf(cause),
  });
}

function causeOf(error: unknown): unknown {
  return error instanceof ParleyError ? (error.cause ?? error) : error;
}

/** Returns the error of an address where something else answers; `status` when it answered with an error. */
function notAController(
  baseUrl: string,
  { status, ...extras }: ErrorExtras & { readonly status?: number } = {},
): ParleyError {
  const { host } = new URL(baseUrl);
  if (status === 429) {
    const detail = `A proxy at ${host} refuses more requests to the Parley Controller for now. Try again later.`;
    return new ParleyError('rate_limited', detail, extras);
  }
  const isProxy = status === 502 || status === 503 || status === 504;
  const detail = isProxy
    ? `A proxy at ${host} answers with HTTP ${status} in place of the Parley Controller. Try again later.`
    : `What answers at ${host} is not a Parley Controller${status === undefined ? '' : ` (HTTP ${status})`}. Check the server’s address, and any proxy or sign-in page in between.`;
  return new ParleyError('controller_unreachable', detail, extras);
}
