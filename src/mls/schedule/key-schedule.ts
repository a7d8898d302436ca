import { type Bytes, noBytes, wipe } from '../bytes.ts';
import type { CipherSuite, HpkeKeyPair } from '../crypto/cipher-suite.ts';
import { deriveSecret, expandWithLabel } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import { assertNotWiped } from './wiped.ts';

/** What an epoch's secret is derived into (RFC 9420, section 8, table 4), and the init secret of the epoch after it. */
export interface EpochSecrets {
  readonly senderDataSecret: Bytes;
  readonly encryptionSecret: Bytes;
  readonly exporterSecret: Bytes;
  readonly externalSecret: Bytes;
  readonly confirmationKey: Bytes;
  readonly membershipKey: Bytes;
  readonly resumptionPsk: Bytes;
  readonly epochAuthenticator: Bytes;
  readonly initSecret: Bytes;
}

/**
 * Returns the joiner secret of an epoch, from the init secret of the one before, the commit secret (zeros where the commit has no
 * path) and the encoded GroupContext of the new epoch (RFC 9420, section 8). What it takes stays with the caller. Throws `secret_wiped`.
 */
export function joinerSecret(
  suite: CipherSuite,
  from: { readonly initSecret: Bytes; readonly commitSecret: Bytes; readonly groupContext: Bytes },
): Bytes {
  assertNotWiped(from.initSecret);
  const extracted = suite.extract(from.initSecret, from.commitSecret);
  const joiner = expandWithLabel(suite, extracted, 'joiner', from.groupContext, suite.hashLength);
  wipe([extracted]);
  return joiner;
}

/** Returns the welcome secret, which encrypts a GroupInfo to those who join (RFC 9420, section 8). */
export function welcomeSecret(suite: CipherSuite, joiner: Bytes, pskSecret: Bytes): Bytes {
  const member = suite.extract(joiner, pskSecret);
  const welcome = deriveSecret(suite, member, 'welcome');
  wipe([member]);
  return welcome;
}

/** Returns the welcome secret and the secrets of the epoch that has this encoded GroupContext (RFC 9420, section 8). */
export function epochFromJoiner(
  suite: CipherSuite,
  from: { readonly joinerSecret: Bytes; readonly pskSecret: Bytes; readonly groupContext: Bytes },
): { readonly welcomeSecret: Bytes; readonly secrets: EpochSecrets } {
  const member = suite.extract(from.joinerSecret, from.pskSecret);
  const welcome = deriveSecret(suite, member, 'welcome');
  const epoch = expandWithLabel(suite, member, 'epoch', from.groupContext, suite.hashLength);
  const secrets = {
    senderDataSecret: deriveSecret(suite, epoch, 'sender data'),
    encryptionSecret: deriveSecret(suite, epoch, 'encryption'),
    exporterSecret: deriveSecret(suite, epoch, 'exporter'),
    externalSecret: deriveSecret(suite, epoch, 'external'),
    confirmationKey: deriveSecret(suite, epoch, 'confirm'),
    membershipKey: deriveSecret(suite, epoch, 'membership'),
    resumptionPsk: deriveSecret(suite, epoch, 'resumption'),
    epochAuthenticator: deriveSecret(suite, epoch, 'authentication'),
    initSecret: deriveSecret(suite, epoch, 'init'),
  };
  wipe([member, epoch]);
  return { welcomeSecret: welcome, secrets };
}

/** Returns MLS-Exporter: a secret of the epoch for one label and context of the application (RFC 9420, section 8.5). Throws `export_too_long`, `secret_wiped`. */
export function exportSecret(
  suite: CipherSuite,
  exporterSecret: Bytes,
  label: string,
  context: Bytes,
  length: number,
): Bytes {
  if (length > 255 * suite.hashLength) throw new MlsError('export_too_long', 'HKDF gives no more than 255 hashes.');
  assertNotWiped(exporterSecret);
  const derived = deriveSecret(suite, exporterSecret, label);
  const exported = expandWithLabel(suite, derived, 'exported', suite.hash(context), length);
  wipe([derived]);
  return exported;
}

/** Returns the key pair that every member has, to which an external commit is made (RFC 9420, section 8). */
export function externalKeyPair(suite: CipherSuite, externalSecret: Bytes): Promise<HpkeKeyPair> {
  return suite.hpke.deriveKeyPair(externalSecret);
}

const externalInitLabel = new TextEncoder().encode('MLS 1.0 external init secret');

/**
 * Makes the init secret of an external commit, with the KEM output that its ExternalInit proposal carries (RFC 9420, section 8.3).
 * Throws `invalid_public_key`.
 */
export async function exportInitSecret(
  suite: CipherSuite,
  externalPub: Bytes,
): Promise<{ readonly kemOutput: Bytes; readonly initSecret: Bytes }> {
  const { hashLength, hpke } = suite;
  const { kemOutput, secret } = await hpke.sendExport(externalPub, noBytes, externalInitLabel, hashLength);
  return { kemOutput, initSecret: secret };
}

/** Returns the init secret in an ExternalInit proposal, for a member (RFC 9420, section 8.3). Throws `decryption_failed`. */
export function importInitSecret(suite: CipherSuite, external: HpkeKeyPair, kemOutput: Bytes): Promise<Bytes> {
  return suite.hpke.receiveExport(external, kemOutput, noBytes, externalInitLabel, suite.hashLength);
}
