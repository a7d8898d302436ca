import { type Bytes, equalBytes, noBytes, wipe } from '../bytes.ts';
import { decode } from '../codec/reader.ts';
import { encode } from '../codec/writer.ts';
import type { CipherSuite, HpkeKeyPair } from '../crypto/cipher-suite.ts';
import { decryptWithLabel, encrypterWithLabel, expandWithLabel, keyPackageRef } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import { welcomeSecret } from '../schedule/key-schedule.ts';
import { type PreSharedKey, pskSecret } from '../schedule/psk-secret.ts';
import { type GroupInfo, readGroupInfo, writeGroupInfo } from '../structures/group-info.ts';
import { type GroupSecrets, readGroupSecrets, writeGroupSecrets } from '../structures/group-secrets.ts';
import type { KeyPackage } from '../structures/key-package.ts';
import type { PreSharedKeyId } from '../structures/pre-shared-key-id.ts';
import type { EncryptedGroupSecrets, Welcome } from '../structures/welcome.ts';

const label = 'Welcome';

/** Who is welcomed: by which KeyPackage, and with the path secret of the lowest node above both it and the committer. */
export interface Joiner {
  readonly keyPackage: KeyPackage;
  /** Absent when the commit has no path. */
  readonly pathSecret: Bytes | undefined;
}

/** What a Welcome holds for one joiner. The secrets belong to the caller. */
export interface OpenedWelcome {
  readonly groupSecrets: GroupSecrets;
  /** Its signature and confirmation tag are not verified yet. */
  readonly groupInfo: GroupInfo;
  readonly pskSecret: Bytes;
}

/**
 * Makes one Welcome for all joiners of a commit (RFC 9420, section 12.4.3.1). `psks` are those of the commit, in its order. The
 * secrets stay with the caller. Throws `welcome_cipher_suite_mismatch`, `invalid_public_key`.
 */
export async function sealWelcome(
  suite: CipherSuite,
  options: {
    readonly groupInfo: GroupInfo;
    readonly joinerSecret: Bytes;
    readonly pskSecret: Bytes;
    readonly psks: readonly PreSharedKeyId[];
    readonly joiners: readonly Joiner[];
  },
): Promise<Welcome> {
  const { groupInfo, joinerSecret, psks, joiners } = options;
  for (const { keyPackage } of joiners) checkSuite(suite, keyPackage.cipherSuite);
  const { key, nonce } = welcomeKey(suite, joinerSecret, options.pskSecret);
  const encryptedGroupInfo = await suite.aead.seal(key, nonce, noBytes, encode(writeGroupInfo, groupInfo));
  wipe([key, nonce]);
  const encrypt = encrypterWithLabel(suite, label, encryptedGroupInfo);
  const secrets = await Promise.all(
    joiners.map(async ({ keyPackage, pathSecret }): Promise<EncryptedGroupSecrets> => {
      const plaintext = encode(writeGroupSecrets, { joinerSecret, pathSecret, psks });
      const sealed = await encrypt(keyPackage.initKey, plaintext);
      wipe([plaintext]);
      return { newMember: keyPackageRef(suite, keyPackage), encryptedGroupSecrets: sealed };
    }),
  );
  return { cipherSuite: suite.id, secrets, encryptedGroupInfo };
}

/**
 * Decrypts what a Welcome holds for the owner of a KeyPackage (RFC 9420, section 12.4.3.1). `psks` gives the pre-shared keys that
 * the client has. What remains for the caller: signature and confirmation tag of the GroupInfo, and the tree.
 *
 * Throws `welcome_cipher_suite_mismatch`, `welcome_not_for_key_package`, `welcome_psk_missing`, `welcome_psk_nonce`,
 * `resumption_psk_not_alone`, `group_info_cipher_suite_mismatch`, `resumption_epoch_not_one`, `decryption_failed` and the codes of
 * the decoder.
 */
export async function openWelcome(
  suite: CipherSuite,
  options: {
    readonly welcome: Welcome;
    readonly keyPackage: KeyPackage;
    readonly initKey: HpkeKeyPair;
    readonly psks: (id: PreSharedKeyId) => Bytes | undefined;
  },
): Promise<OpenedWelcome> {
  const { welcome, keyPackage } = options;
  checkSuite(suite, welcome.cipherSuite);
  checkSuite(suite, keyPackage.cipherSuite);
  const groupSecrets = await openGroupSecrets(suite, options);
  const secretOfPsks = pskSecret(suite, availablePsks(suite, groupSecrets.psks, options.psks));
  const groupInfo = await openGroupInfo(suite, welcome, { ...groupSecrets, pskSecret: secretOfPsks });
  if (groupSecrets.psks.some(isReinitOrBranch) && groupInfo.groupContext.epoch !== 1n) {
    throw new MlsError('resumption_epoch_not_one', 'A group that resumes another one is joined in its epoch 1.');
  }
  return { groupSecrets, groupInfo, pskSecret: secretOfPsks };
}

function checkSuite(suite: CipherSuite, id: number): void {
  if (id === suite.id) return;
  throw new MlsError('welcome_cipher_suite_mismatch', 'Welcome and KeyPackage are not of one cipher suite.');
}

async function openGroupSecrets(
  suite: CipherSuite,
  options: { readonly welcome: Welcome; readonly keyPackage: KeyPackage; readonly initKey: HpkeKeyPair },
): Promise<GroupSecrets> {
  const { welcome, keyPackage, initKey } = options;
  const reference = keyPackageRef(suite, keyPackage);
  const entry = welcome.secrets.find(({ newMember }) => equalBytes(newMember, reference));
  if (entry === undefined) {
    throw new MlsError('welcome_not_for_key_package', 'The Welcome has no entry for this KeyPackage.');
  }
  const sealed = entry.encryptedGroupSecrets;
  const plaintext = await decryptWithLabel(suite, initKey, label, welcome.encryptedGroupInfo, sealed);
  try {
    return decode(readGroupSecrets, plaintext);
  } finally {
    wipe([plaintext]);
  }
}

function availablePsks(
  suite: CipherSuite,
  ids: readonly PreSharedKeyId[],
  lookup: (id: PreSharedKeyId) => Bytes | undefined,
): readonly PreSharedKey[] {
  if (ids.filter(isReinitOrBranch).length > 1) {
    throw new MlsError('resumption_psk_not_alone', 'Two pre-shared keys are for a reinitialization or a branch.');
  }
  return ids.map((id) => {
    if (id.nonce.length !== suite.hashLength) {
      throw new MlsError('welcome_psk_nonce', 'The nonce of a pre-shared key is not as long as the hash.');
    }
    const psk = lookup(id);
    if (psk === undefined)
      throw new MlsError('welcome_psk_missing', 'A pre-shared key of the Welcome is not known here.');
    return { id, psk };
  });
}

function isReinitOrBranch(id: PreSharedKeyId): boolean {
  return id.type === 'resumption' && id.usage !== 'application';
}

async function openGroupInfo(
  suite: CipherSuite,
  welcome: Welcome,
  secrets: { readonly joinerSecret: Bytes; readonly pskSecret: Bytes },
): Promise<GroupInfo> {
  const { key, nonce } = welcomeKey(suite, secrets.joinerSecret, secrets.pskSecret);
  try {
    const groupInfo = decode(readGroupInfo, await suite.aead.open(key, nonce, noBytes, welcome.encryptedGroupInfo));
    if (groupInfo.groupContext.cipherSuite !== suite.id) {
      throw new MlsError('group_info_cipher_suite_mismatch', 'The GroupInfo is not of the suite of the KeyPackage.');
    }
    return groupInfo;
  } finally {
    wipe([key, nonce]);
  }
}

function welcomeKey(suite: CipherSuite, joinerSecret: Bytes, secretOfPsks: Bytes): { key: Bytes; nonce: Bytes } {
  const secret = welcomeSecret(suite, joinerSecret, secretOfPsks);
  const key = expandWithLabel(suite, secret, 'key', noBytes, suite.aead.keyLength);
  const nonce = expandWithLabel(suite, secret, 'nonce', noBytes, suite.aead.nonceLength);
  wipe([secret]);
  return { key, nonce };
}
