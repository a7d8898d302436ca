import { type Bytes, noBytes } from '../../bytes.ts';
import { encode } from '../../codec/writer.ts';
import type { CipherSuite } from '../../crypto/cipher-suite.ts';
import { encrypterWithLabel, expandWithLabel, keyPackageRef } from '../../crypto/labels.ts';
import { toLeafIndex } from '../../indices.ts';
import { welcomeSecret } from '../../schedule/key-schedule.ts';
import { pskSecret } from '../../schedule/psk-secret.ts';
import { type GroupInfo, type UnsignedGroupInfo, writeGroupInfo } from '../../structures/group-info.ts';
import { type GroupSecrets, writeGroupSecrets } from '../../structures/group-secrets.ts';
import type { KeyPackage } from '../../structures/key-package.ts';
import type { PreSharedKeyId } from '../../structures/pre-shared-key-id.ts';
import type { Welcome } from '../../structures/welcome.ts';
import { signGroupInfo } from '../group-info-signature.ts';

/** Returns a GroupInfo of an epoch, not signed yet. */
export function groupInfoOf(suite: CipherSuite, epoch = 1n): UnsignedGroupInfo {
  return {
    groupContext: {
      cipherSuite: suite.id,
      groupId: Uint8Array.of(1, 2, 3),
      epoch,
      treeHash: suite.hash(Uint8Array.of(1)),
      confirmedTranscriptHash: suite.hash(Uint8Array.of(2)),
      extensions: [],
    },
    extensions: [{ type: 0x0a0a, data: Uint8Array.of(7) }],
    confirmationTag: suite.hash(Uint8Array.of(3)),
    signer: toLeafIndex(0),
  };
}

/** Returns a name of a pre-shared key; the key itself is what `pskOf` gives. */
export function pskId(suite: CipherSuite, name: string): PreSharedKeyId {
  return { type: 'external', pskId: new TextEncoder().encode(name), nonce: suite.hash(new TextEncoder().encode(name)) };
}

/** Returns the pre-shared key of an id. */
export function pskOf(id: PreSharedKeyId): Bytes {
  return id.type === 'external' ? id.pskId.map((byte) => byte ^ 0xff) : id.groupId.map((byte) => byte ^ 0xff);
}

/** What a hostile member may put into a Welcome for one joiner. */
export interface HostileWelcome {
  readonly keyPackage: KeyPackage;
  readonly signatureKey: CryptoKey;
  readonly groupInfo?: UnsignedGroupInfo;
  readonly psks?: readonly PreSharedKeyId[];
  /** Changes the encoded GroupInfo before it is encrypted. */
  readonly groupInfoBytes?: (encoded: Bytes) => Bytes;
  /** Changes the encoded GroupSecrets before they are encrypted. */
  readonly secretsBytes?: (encoded: Bytes) => Bytes;
}

/** Makes a Welcome by hand: all that is not said is as the rules want it. */
export async function hostileWelcome(suite: CipherSuite, parts: HostileWelcome): Promise<Welcome> {
  const psks = parts.psks ?? [];
  const joinerSecret = suite.hash(Uint8Array.of(4));
  const secretOfPsks = pskSecret(
    suite,
    psks.map((id) => ({ id, psk: pskOf(id) })),
  );
  const secret = welcomeSecret(suite, joinerSecret, secretOfPsks);
  const key = expandWithLabel(suite, secret, 'key', noBytes, suite.aead.keyLength);
  const nonce = expandWithLabel(suite, secret, 'nonce', noBytes, suite.aead.nonceLength);
  const info: GroupInfo = await signGroupInfo(suite, parts.groupInfo ?? groupInfoOf(suite), parts.signatureKey);
  const same = (encoded: Bytes): Bytes => encoded;
  const plainInfo = (parts.groupInfoBytes ?? same)(encode(writeGroupInfo, info));
  const encryptedGroupInfo = await suite.aead.seal(key, nonce, noBytes, plainInfo);
  const groupSecrets: GroupSecrets = { joinerSecret, pathSecret: undefined, psks };
  const plainSecrets = (parts.secretsBytes ?? same)(encode(writeGroupSecrets, groupSecrets));
  const { initKey } = parts.keyPackage;
  const sealed = await encrypterWithLabel(suite, 'Welcome', encryptedGroupInfo)(initKey, plainSecrets);
  const newMember = keyPackageRef(suite, parts.keyPackage);
  return { cipherSuite: suite.id, secrets: [{ newMember, encryptedGroupSecrets: sealed }], encryptedGroupInfo };
}
