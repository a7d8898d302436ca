import type { RandomBytes, SignatureKeyPair } from '../../mls/crypto/cipher-suite.ts';
import { MlsError } from '../../mls/errors.ts';
import { createKeyPackage, type KeyPackageSecrets, type LeafIdentity } from '../../mls/group/own-key-package.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { validateKeyPackage } from '../../mls/tree/key-package-validation.ts';
import { noRules } from '../../mls/tree/leaf-validation.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { GroupError } from '../codes.ts';
import { checkLeafProfile } from '../profile/leaf.ts';
import { groupCapabilities, groupSuite, groupSuiteId } from '../profile/suite.ts';
import { checkCredential, type FoundCertificate, type SigningCertificate } from './check-credential.ts';
import { type CredentialClaims, type GroupCredential, signCredential } from './credential.ts';
import { credentialOf } from './members.ts';

/** Bytes of a KeyPackage at most (groups page, section 4). */
export const longestKeyPackage = 8 * 1_024;
/** Version mls10 and wire format mls_key_package (RFC 9420, section 6). */
const messageHead = Uint8Array.of(0, 1, 0, 5);
/** How a KeyPackage begins that is in no MLSMessage: version mls10 and the suite (RFC 9420, section 10). */
const bareHead = Uint8Array.of(0, 1, groupSuiteId >> 8, groupSuiteId & 0xff);
/** Seconds that one must have left to be used (groups page, section 3). */
const leastLeft = 86_400;

/** A KeyPackage that was read, with its credential. Nothing of it has been verified. */
export interface ReadKeyPackage {
  readonly keyPackage: KeyPackage;
  readonly credential: GroupCredential;
}

/** What a KeyPackage is checked by. */
export interface KeyPackageEvidence {
  /** Whose it has to be. */
  readonly agentId: string;
  /** The group_id in hex when it was sent to come back to that group: then its credential has to say so, and else must not. */
  readonly rejoins?: string;
  readonly certificate: FoundCertificate;
  /** DER of every CA that was ever pinned here. */
  readonly authorities: readonly Bytes[];
  /** Unix seconds; unset where the caller stores it and does not use it. */
  readonly now?: number;
}

/** Makes the identity of a new leaf: a credential for this signature key, and the capabilities of the profile. Throws what `signCredential` throws. */
export async function groupIdentity(
  claims: CredentialClaims,
  signature: SignatureKeyPair,
  sign: (data: Bytes) => Promise<Bytes>,
): Promise<LeafIdentity> {
  return {
    signature,
    credential: { type: 'basic', identity: await signCredential(claims, signature.publicKey, sign) },
    capabilities: groupCapabilities,
    lifetime: { notBefore: BigInt(claims.notBefore), notAfter: BigInt(claims.notAfter) },
  };
}

/** Makes a KeyPackage with a signature key of its own. `bytes` are the MLSMessage that the service keeps; `secrets` stay with the agent. */
export async function createGroupKeyPackage(
  claims: CredentialClaims,
  sign: (data: Bytes) => Promise<Bytes>,
  random: RandomBytes,
): Promise<{ readonly bytes: Bytes; readonly keyPackage: KeyPackage; readonly secrets: KeyPackageSecrets }> {
  const suite = await groupSuite();
  const identity = await groupIdentity(claims, await suite.signature.generateKeyPair(), sign);
  const { keyPackage, secrets } = await createKeyPackage(suite, identity, random);
  return { bytes: encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage }), keyPackage, secrets };
}

/** Returns the MLSMessage of a KeyPackage that another program has sent without one: the groups page names the KeyPackage alone. */
export function keyPackageMessage(bytes: Bytes): Bytes {
  return bareHead.every((byte, at) => bytes[at] === byte) ? concat(messageHead, bytes) : bytes;
}

/**
 * Reads a KeyPackage, in an MLSMessage or not, and its credential, whose certificate the caller then fetches. Throws `key_package_too_long`,
 * `key_package_malformed`, `cipher_suite_not_allowed`, `leaf_extension_not_allowed`, and what `checkLeafProfile` and `parseCredential` throw.
 */
export function readGroupKeyPackage(bytes: Bytes): ReadKeyPackage {
  if (bytes.length > longestKeyPackage) {
    throw new GroupError('key_package_too_long', 'A KeyPackage has at most 8 KiB.');
  }
  const keyPackage = decoded(bytes);
  if (keyPackage.cipherSuite !== groupSuiteId) {
    throw new GroupError('cipher_suite_not_allowed', 'A KeyPackage has the suite 0xF64A.');
  }
  if (keyPackage.extensions.length > 0) {
    throw new GroupError('leaf_extension_not_allowed', 'A KeyPackage has an extension.');
  }
  checkLeafProfile(keyPackage.leafNode);
  return { keyPackage, credential: credentialOf(keyPackage.leafNode) };
}

function decoded(bytes: Bytes): KeyPackage {
  try {
    const message = decodeMlsMessage(keyPackageMessage(bytes));
    if (message.wireFormat === 'mls_key_package') return message.keyPackage;
  } catch (cause) {
    if (!(cause instanceof MlsError)) throw cause;
    throw new GroupError('key_package_malformed', 'The bytes are no KeyPackage.', { cause });
  }
  throw new GroupError('key_package_malformed', 'The message is no KeyPackage.');
}

/**
 * Checks a KeyPackage in every way but trust (groups page, sections 2 and 3) and returns the certificate that vouches for it. Throws
 * `key_package_of_another_agent`, `credential_purpose`, `key_package_lifetime`, `key_package_not_current`, what `checkCredential` throws,
 * and the codes of RFC 9420, section 10.1.
 */
export async function checkGroupKeyPackage(
  { keyPackage, credential }: ReadKeyPackage,
  evidence: KeyPackageEvidence,
): Promise<SigningCertificate> {
  if (credential.agentId !== evidence.agentId) {
    throw new GroupError('key_package_of_another_agent', 'The KeyPackage is of another agent.');
  }
  if (credential.rejoins !== evidence.rejoins) {
    throw new GroupError('credential_purpose', 'The KeyPackage was made for something else.');
  }
  checkLeafLifetime(keyPackage.leafNode, credential);
  checkTimeLeft(credential, evidence.now);
  await validateKeyPackage(await groupSuite(), keyPackage, noRules);
  return checkCredential(credential, keyPackage.leafNode.signatureKey, evidence);
}

/** Throws `key_package_lifetime` for a leaf of a KeyPackage whose lifetime is not its credential's (groups page, section 3). */
export function checkLeafLifetime({ source }: LeafNode, { notBefore, notAfter }: GroupCredential): void {
  if (source.type !== 'key_package') return;
  if (source.lifetime.notBefore !== BigInt(notBefore) || source.lifetime.notAfter !== BigInt(notAfter)) {
    throw new GroupError('key_package_lifetime', 'The lifetime of a KeyPackage is not that of its credential.');
  }
}

/** True for a KeyPackage's credential that has begun and has a day left, or more: another one is not used (groups page, section 3). `now` in Unix seconds. */
export function isCurrent({ notBefore, notAfter }: GroupCredential, now: number): boolean {
  return notBefore <= now && notAfter - now >= leastLeft;
}

function checkTimeLeft(credential: GroupCredential, now: number | undefined): void {
  if (now !== undefined && !isCurrent(credential, now)) {
    throw new GroupError('key_package_not_current', 'The KeyPackage has less than a day left, or has not begun.');
  }
}
