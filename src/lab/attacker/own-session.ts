import { createCertificateVerifier } from '../../pki/verifier.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { seal } from '../../protocol/crypto/aead.ts';
import { signEd25519 } from '../../protocol/crypto/ed25519.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, type ErrorCode, isErrorCode, ParleyError } from '../../protocol/errors.ts';
import type { HandshakeContext } from '../../protocol/handshake/context.ts';
import {
  type AwaitingServerHello,
  handleServerHello,
  handleSessionEstablished,
  initiateHandshake,
} from '../../protocol/handshake/full/initiator.ts';
import type { OwnIdentity } from '../../protocol/handshake/identity.ts';
import { Transcript } from '../../protocol/handshake/transcript.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { checkEnvelope, openEnvelope, readEnvelope } from '../../protocol/session/envelope.ts';
import { hashSealed, ivFor } from '../../protocol/session/header.ts';
import { Session } from '../../protocol/session/session.ts';
import { unobserved } from '../../protocol/trace/events.ts';
import { encodePlaintext } from '../../protocol/wire/attachment.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { encodeBinaryEnvelope } from '../../protocol/wire/binary-envelope.ts';
import { headerJcs } from '../../protocol/wire/envelope-header.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { label } from '../../protocol/wire/label.ts';
import { parseObject } from '../../protocol/wire/parse.ts';
import type { ResponsePayload } from '../../protocol/wire/payload.ts';
import { readObject, unwritten } from '../run/body.ts';
import type { LabAgent, LabWorld } from '../run/world.ts';
import { signAgain } from './craft.ts';
import { asPeer, authorityOf, identityOf } from './forge.ts';

/** What came back: a RESPONSE with the bytes beside it, or the code of a refusal. */
export interface Answered {
  readonly status: number;
  readonly response?: ResponsePayload;
  readonly attachment?: Bytes | undefined;
  /** Of a refusal, and of a RESPONSE that is an ERROR. */
  readonly code?: ErrorCode;
}

const encoder = new TextEncoder();

/**
 * A session with an agent, opened with the genuine keys of another by a program that keeps to the handshake and to nothing after it: it can
 * encrypt any bytes. Every body goes over the lab's line.
 */
export class OwnSession {
  readonly #world: LabWorld;
  readonly #session: Session;
  readonly #address: string;
  #requests = 0;

  private constructor(world: LabWorld, session: Session, address: string) {
    this.#world = world;
    this.#session = session;
    this.#address = address;
  }

  /** Opens one as `self` with `peer`. `extensions` stands in the hello instead of what agents of this version write there. */
  static async open(world: LabWorld, self: LabAgent, peer: LabAgent, extensions?: JsonObject): Promise<OwnSession> {
    const { certificate } = await authorityOf(world);
    const verifyCertificates = createCertificateVerifier({
      caCertificate: certificate,
      revocation: () => undefined,
      unknownStatus: 'accept',
    });
    const context = { environment: world.environment, observe: unobserved, memory: nothingSeen, verifyCertificates };
    const own = await ownIdentity(world, self);
    const called = await asPeer(world, (await identityOf(peer)).certificates);
    const made = await initiateHandshake(context, own, called);
    const { state, body } = extensions === undefined ? made : await withExtensions(world, made, extensions);
    const post = async (body: Bytes) => {
      const text = new TextDecoder().decode(body);
      const answer = await world.wire.inject(
        peer.address,
        '/agent/handshake',
        text,
        `by ${self.agentId}’s own program`,
      );
      return encoder.encode(answer.body);
    };
    const confirming = await handleServerHello(context, state, await post(body));
    const established = await handleSessionEstablished(context, confirming.state, await post(confirming.body));
    return new OwnSession(world, new Session(established), peer.address);
  }

  get sessionId(): string {
    return this.#session.id;
  }

  /** Returns a request_id that was not used before. */
  newId(): string {
    this.#requests += 1;
    return `own_${this.#session.id.slice(0, 8)}_${this.#requests}`;
  }

  /** Returns a nonce for a payload. */
  nonce(): string {
    return encodeBase64(this.#world.environment.random(16));
  }

  /** Sends a payload, well formed as it is, and returns what came back. `deed` says on the line what it is. */
  ask(payload: JsonObject, deed: string, attachment?: Bytes): Promise<Answered> {
    return this.sendPlaintext(encodePlaintext({ nonce: this.nonce(), ...payload }, attachment), deed);
  }

  /** Encrypts and signs any bytes, sends them as a binary envelope and returns what came back. */
  async sendPlaintext(plaintext: Bytes, deed: string): Promise<Answered> {
    const bytes = await this.#envelope(plaintext);
    const message = { form: 'binary', bytes } as const;
    const answer = await this.#world.wire.inject(this.#address, '/agent/message', message, deed);
    const { status } = answer;
    if (status !== 200) {
      const code = readObject(answer.body)?.code;
      return { status, ...(isErrorCode(code) ? { code } : {}) };
    }
    const context = { environment: this.#world.environment, observe: unobserved };
    const checked = await checkEnvelope(context, this.#session, readEnvelope(unwritten(answer)));
    const { value, attachment } = await openEnvelope(context, this.#session, checked);
    if (value.message_type !== 'RESPONSE') throw new ParleyError('invalid_answer', 'A RESPONSE was expected.');
    const code = value.status === 'ERROR' ? codeIn(value.error) : undefined;
    return { status, response: value, attachment, ...(code === undefined ? {} : { code }) };
  }

  async #envelope(plaintext: Bytes): Promise<Bytes> {
    const { subtle } = this.#world.environment;
    const timestamp = unixSeconds(this.#world.environment);
    const { epoch, signingKey } = this.#session.live(timestamp);
    const sequence = epoch.takeSequence();
    const { id: session_id, self: sender_id } = this.#session;
    const header = { session_id, sender_id, epoch: epoch.number, sequence, timestamp };
    const jcs = encoder.encode(headerJcs(header));
    const iv = ivFor(epoch.sendIv, sequence);
    const sealed = await seal(subtle, epoch.sendKey, iv, concat(label('message'), jcs), plaintext);
    const signed = concat(label('message signature'), jcs, await hashSealed(subtle, sealed));
    return encodeBinaryEnvelope({
      ...header,
      signature: await signEd25519(subtle, signingKey, signed),
      encrypted_payload: sealed,
    });
  }
}

function codeIn(error: unknown): ErrorCode | undefined {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return isErrorCode(code) ? code : asParleyError(error).code;
}

async function ownIdentity(world: LabWorld, self: LabAgent): Promise<OwnIdentity> {
  const { certificates, signing, encryption } = await identityOf(self);
  const { keyId } = await asPeer(world, certificates);
  if (!isAgentId(self.agentId)) throw new ParleyError('invalid_input', 'This is no agent_id.');
  const [signingKey, decryptionKey] = [signing.privateKey, encryption.privateKey];
  return { agentId: self.agentId, certificates, signingKey, decryptionKey, keyId };
}

/** Returns a hello with other extensions, signed again, and what waits for its answer. */
async function withExtensions(
  world: LabWorld,
  { state, body }: { readonly state: AwaitingServerHello; readonly body: Bytes },
  extensions: JsonObject,
) {
  const hello = new TextDecoder().decode(body);
  const changed = await signAgain(world, hello, state.self.signingKey, (members) => ({ ...members, extensions }));
  const bytes = encoder.encode(changed);
  const th0 = await Transcript.start(world.environment.subtle);
  return { state: { ...state, th1: await th0.with(parseObject(bytes, limits.handshakeBody)) }, body: bytes };
}

/** A program that remembers no handshake. */
const nothingSeen: HandshakeContext['memory'] = {
  hasNonce: () => false,
  hasSession: () => false,
  requireRoom: () => undefined,
  recordNonce: async () => undefined,
  reserveSession: () => undefined,
};
