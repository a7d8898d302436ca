import { type Bytes, noBytes } from '../bytes.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { type AuthenticatedContent, writeAuthenticatedContent } from '../structures/authenticated-content.ts';
import type { HpkeCiphertext } from '../structures/hpke-ciphertext.ts';
import { type KeyPackage, writeKeyPackage } from '../structures/key-package.ts';
import type { CipherSuite, HpkeKeyPair } from './cipher-suite.ts';

const utf8 = new TextEncoder();

/** Labels in their bytes. RFC 9420 has some twenty, asked for with every secret; an application may export under any. */
const labels = new Map<string, Uint8Array>();
const mostLabels = 64;

function labelled(label: string): Uint8Array {
  const known = labels.get(label);
  if (known !== undefined) return known;
  const bytes = utf8.encode(`MLS 1.0 ${label}`);
  if (labels.size < mostLabels) labels.set(label, bytes);
  return bytes;
}

/** Writes what SignContent, EncryptContext and RefHashInput have in common: two vectors. */
function pair(first: Uint8Array, second: Uint8Array): Bytes {
  return encode((writer: Writer, value: Uint8Array) => {
    writer.opaque(first);
    writer.opaque(value);
  }, second);
}

/** Returns ExpandWithLabel: `length` bytes of a secret for one label and context (RFC 9420, section 8). */
export function expandWithLabel(
  suite: CipherSuite,
  secret: Bytes,
  label: string,
  context: Bytes,
  length: number,
): Bytes {
  const info = encode((writer: Writer, value: Bytes) => {
    writer.u16(length);
    writer.opaque(labelled(label));
    writer.opaque(value);
  }, context);
  return suite.expand(secret, info, length);
}

/** Returns DeriveSecret: ExpandWithLabel of no context, as long as the hash (RFC 9420, section 8). */
export function deriveSecret(suite: CipherSuite, secret: Bytes, label: string): Bytes {
  return expandWithLabel(suite, secret, label, noBytes, suite.hashLength);
}

/** Returns DeriveTreeSecret: ExpandWithLabel with a generation for its context (RFC 9420, section 9). */
export function deriveTreeSecret(
  suite: CipherSuite,
  secret: Bytes,
  label: string,
  generation: number,
  length: number,
): Bytes {
  const context = Uint8Array.of(generation >>> 24, generation >>> 16, generation >>> 8, generation);
  return expandWithLabel(suite, secret, label, context, length);
}

/** Returns RefHash; this label is given whole (RFC 9420, section 5.2). */
export function refHash(suite: CipherSuite, label: string, value: Bytes): Bytes {
  return suite.hash(pair(utf8.encode(label), value));
}

/** Returns the KeyPackageRef by which a Welcome names a KeyPackage (RFC 9420, section 5.2). */
export function keyPackageRef(suite: CipherSuite, keyPackage: KeyPackage): Bytes {
  return refHash(suite, 'MLS 1.0 KeyPackage Reference', encode(writeKeyPackage, keyPackage));
}

/** Returns the ProposalRef by which a Commit names a proposal that was sent before it (RFC 9420, section 5.2). */
export function proposalRef(suite: CipherSuite, proposal: AuthenticatedContent): Bytes {
  return refHash(suite, 'MLS 1.0 Proposal Reference', encode(writeAuthenticatedContent, proposal));
}

/** Returns SignWithLabel: a signature over SignContent (RFC 9420, section 5.1.2). */
export function signWithLabel(
  suite: CipherSuite,
  privateKey: CryptoKey,
  label: string,
  content: Bytes,
): Promise<Bytes> {
  return suite.signature.sign(privateKey, pair(labelled(label), content));
}

/** Returns VerifyWithLabel: true when the signature is this key's over SignContent (RFC 9420, section 5.1.2). */
export function verifyWithLabel(
  suite: CipherSuite,
  publicKey: Bytes,
  label: string,
  content: Bytes,
  signature: Bytes,
): Promise<boolean> {
  return suite.signature.verify(publicKey, pair(labelled(label), content), signature);
}

/**
 * Returns EncryptWithLabel for one label and context, to be called for each recipient: what it returns only the holder of the key opens,
 * in the same context. That throws `invalid_public_key` (RFC 9420, section 5.1.3).
 */
export function encrypterWithLabel(
  suite: CipherSuite,
  label: string,
  context: Bytes,
): (publicKey: Bytes, plaintext: Bytes) => Promise<HpkeCiphertext> {
  const seal = suite.hpke.sealer(pair(labelled(label), context));
  return (publicKey, plaintext) => seal(publicKey, noBytes, plaintext);
}

/** Returns DecryptWithLabel: the plaintext of `encrypterWithLabel`. Throws `decryption_failed` (RFC 9420, section 5.1.3). */
export function decryptWithLabel(
  suite: CipherSuite,
  keyPair: HpkeKeyPair,
  label: string,
  context: Bytes,
  sealed: HpkeCiphertext,
): Promise<Bytes> {
  return suite.hpke.open(keyPair, pair(labelled(label), context), noBytes, sealed);
}
