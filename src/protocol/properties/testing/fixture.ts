import { type AgentId, type Bytes, type CertificateFingerprint, type KeyId, toHex } from '../../bytes.ts';
import type { Environment } from '../../crypto/environment.ts';
import { nobleKem } from '../../crypto/noble-kem.ts';
import { platformKem } from '../../crypto/platform-kem.ts';
import { ParleyError } from '../../errors.ts';
import type { HandshakeContext, HandshakeMemory } from '../../handshake/context.ts';
import { handleServerHello, handleSessionEstablished, initiateHandshake } from '../../handshake/full/initiator.ts';
import { handleClientConfirm, handleClientHello } from '../../handshake/full/responder.ts';
import type { OwnIdentity, PeerIdentity } from '../../handshake/identity.ts';
import { readHandshake } from '../../handshake/received.ts';
import { isAgentId } from '../../ids.ts';
import { unobserved } from '../../trace/events.ts';

/** Every agent of these tests has the same clock: it stands still at this Unix second. */
export const clock = 1_790_000_000;

/** An agent with its keys, and how its peers see it. */
export interface TestAgent {
  readonly own: OwnIdentity;
  readonly asPeer: PeerIdentity;
}

/** The real platform with a clock that stands still. */
export async function testEnvironment(): Promise<Environment> {
  const { subtle } = crypto;
  return {
    subtle,
    kem: (await platformKem(subtle)) ?? nobleKem(random),
    random,
    now: () => 1_000 * clock,
    monotonic: () => 0,
  };
}

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** An agent with RSA pairs of the smallest accepted size; its certificates are opaque bytes that only `accepting` knows. */
export async function makeAgent(name: string): Promise<TestAgent> {
  const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  const signing = await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']);
  const encryption = await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']);
  const certificates = { signing: random(600), encryption: random(600) };
  if (!isAgentId(name)) throw new RangeError(`${name} is no agent_id`);
  const agentId: AgentId = name;
  const keyId = hashOf<KeyId>(await crypto.subtle.exportKey('spki', encryption.publicKey));
  return {
    own: {
      agentId,
      certificates,
      signingKey: signing.privateKey,
      decryptionKey: encryption.privateKey,
      keyId: await keyId,
    },
    asPeer: {
      agentId,
      address: `https://${name}.test`,
      certificates,
      verifyKey: signing.publicKey,
      encryptionKey: encryption.publicKey,
      keyId: await keyId,
      signingFingerprint: await hashOf<CertificateFingerprint>(certificates.signing.buffer),
      encryptionFingerprint: await hashOf<CertificateFingerprint>(certificates.encryption.buffer),
      signingSpki: new Uint8Array(await crypto.subtle.exportKey('spki', signing.publicKey)),
    },
  };
}

async function hashOf<Hash extends Bytes>(data: ArrayBuffer): Promise<Hash> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  const isHash = (hash: Bytes): hash is Hash => hash.length === 32;
  if (!isHash(bytes)) throw new RangeError('SHA-256 gives 32 bytes');
  return bytes;
}

/** What an agent remembers of handshakes, open to look at. */
export class TestMemory implements HandshakeMemory {
  readonly nonces = new Set<string>();
  readonly sessions = new Set<string>();

  hasNonce(signer: Bytes, nonce: Bytes): boolean {
    return this.nonces.has(toHex(signer) + toHex(nonce));
  }
  hasSession(sessionId: string): boolean {
    return this.sessions.has(sessionId);
  }
  requireRoom(): void {}
  async recordNonce(signer: Bytes, nonce: Bytes): Promise<void> {
    this.nonces.add(toHex(signer) + toHex(nonce));
  }
  reserveSession(sessionId: string): void {
    this.sessions.add(sessionId);
  }
}

/** A context that accepts the certificates of `known`, whole pairs only, with a memory of its own. */
export function accepting(
  environment: Environment,
  ...known: readonly TestAgent[]
): HandshakeContext & { readonly memory: TestMemory } {
  return {
    environment,
    observe: unobserved,
    memory: new TestMemory(),
    verifyCertificates: async (pair) => {
      const found = known.find(
        ({ asPeer: { certificates } }) =>
          toHex(certificates.signing) === toHex(pair.signing) &&
          toHex(certificates.encryption) === toHex(pair.encryption),
      );
      if (found === undefined) throw new ParleyError('certificate_untrusted', 'No such certificate was issued.');
      return found.asPeer;
    },
  };
}

/** One handshake, step by step: each message, and the state that waits for the next. */
export async function runHandshake(
  environment: Environment,
  client: TestAgent,
  server: TestAgent,
  clientContext = accepting(environment, server),
  serverContext = accepting(environment, client),
) {
  const hello = await initiateHandshake(clientContext, client.own, server.asPeer);
  const answer = await handleClientHello(serverContext, server.own, readHandshake(hello.body));
  const confirm = await handleServerHello(
    clientContext,
    { ...hello.state, fresh: keptFresh(hello.state.fresh) },
    answer.body,
  );
  const established = await handleClientConfirm(serverContext, answer.state, readHandshake(confirm.body));
  const session = await handleSessionEstablished(clientContext, confirm.state, established.body);
  return { hello, answer, confirm, established, client: session, server: established.state };
}

/** A success overwrites the session key; a test that goes back to this state needs it once more. */
function keptFresh<Fresh extends { readonly sessionKey: Bytes }>(fresh: Fresh): Fresh {
  return { ...fresh, sessionKey: fresh.sessionKey.slice() };
}
