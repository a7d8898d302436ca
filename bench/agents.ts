import type { AgentId, Bytes, CertificateFingerprint, KeyId } from '../src/protocol/bytes.ts';
import type { Environment } from '../src/protocol/crypto/environment.ts';
import type { HandshakeContext } from '../src/protocol/handshake/context.ts';
import type { OwnIdentity, PeerIdentity } from '../src/protocol/handshake/identity.ts';
import { isAgentId } from '../src/protocol/ids.ts';
import { unobserved } from '../src/protocol/trace/events.ts';

/** An agent in memory, and how its peers see it once its certificates have been checked. */
export interface BenchAgent {
  readonly own: OwnIdentity;
  readonly asPeer: PeerIdentity;
}

const modulusLength = 3_072;
/** About what an issued certificate takes. */
const certificateBytes = 1_000;

/** Makes an agent with two RSA pairs. Its certificates are filler of a usual size: checking them is not measured. */
export async function makeAgent(name: string, random: (length: number) => Bytes): Promise<BenchAgent> {
  const rsa = { modulusLength, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  const signing = await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']);
  const encryption = await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']);
  const certificates = { signing: random(certificateBytes), encryption: random(certificateBytes) };
  const agentId = agentIdOf(name);
  const keyId = keyIdOf(await digest(await crypto.subtle.exportKey('spki', encryption.publicKey)));
  return {
    own: { agentId, certificates, signingKey: signing.privateKey, decryptionKey: encryption.privateKey, keyId },
    asPeer: {
      agentId,
      address: `https://${name}.invalid`,
      certificates,
      verifyKey: signing.publicKey,
      encryptionKey: encryption.publicKey,
      keyId,
      signingFingerprint: fingerprintOf(await digest(certificates.signing.buffer)),
      encryptionFingerprint: fingerprintOf(await digest(certificates.encryption.buffer)),
      signingSpki: new Uint8Array(await crypto.subtle.exportKey('spki', signing.publicKey)),
    },
  };
}

/** A context that accepts `peer` at once and remembers nothing. */
export function contextFor(environment: Environment, peer: BenchAgent): HandshakeContext {
  return {
    environment,
    observe: unobserved,
    verifyCertificates: async () => peer.asPeer,
    memory: {
      hasNonce: () => false,
      hasSession: () => false,
      requireRoom: () => undefined,
      recordNonce: async () => undefined,
      reserveSession: () => undefined,
    },
  };
}

async function digest(data: ArrayBuffer): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

function agentIdOf(name: string): AgentId {
  if (!isAgentId(name)) throw new RangeError(`${name} is no agent_id`);
  return name;
}

function isKeyId(bytes: Bytes): bytes is KeyId {
  return bytes.length === 32;
}

function keyIdOf(bytes: Bytes): KeyId {
  if (!isKeyId(bytes)) throw new RangeError('a key id has 32 bytes');
  return bytes;
}

function isFingerprint(bytes: Bytes): bytes is CertificateFingerprint {
  return bytes.length === 32;
}

function fingerprintOf(bytes: Bytes): CertificateFingerprint {
  if (!isFingerprint(bytes)) throw new RangeError('a fingerprint has 32 bytes');
  return bytes;
}
