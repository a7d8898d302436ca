import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { signWithLabel, verifyWithLabel } from '../crypto/labels.ts';
import { type GroupInfo, groupInfoToBeSigned, type UnsignedGroupInfo } from '../structures/group-info.ts';

const label = 'GroupInfoTBS';

/** Returns the GroupInfo with its signature by the member that `signer` names (RFC 9420, section 12.4.3). */
export async function signGroupInfo(
  suite: CipherSuite,
  info: UnsignedGroupInfo,
  privateKey: CryptoKey,
): Promise<GroupInfo> {
  const { groupContext, extensions, confirmationTag, signer } = info;
  const signature = await signWithLabel(suite, privateKey, label, groupInfoToBeSigned(info));
  return { groupContext, extensions, confirmationTag, signer, signature };
}

/** Returns true when the GroupInfo's signature is that of this key, which must be that of the leaf `signer` (RFC 9420, section 12.4.3). */
export function verifyGroupInfo(suite: CipherSuite, info: GroupInfo, publicKey: Bytes): Promise<boolean> {
  return verifyWithLabel(suite, publicKey, label, groupInfoToBeSigned(info), info.signature);
}
