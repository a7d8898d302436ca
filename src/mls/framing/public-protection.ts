import { type Bytes, equalBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import { authenticatedContentToBeMaced } from '../structures/framed-content-tbs.ts';
import type { PublicMessage } from '../structures/public-message.ts';
import { checkContent } from './content-rules.ts';

/** What a membership tag is made with: the epoch's membership key and the encoded GroupContext. */
export interface MembershipKeys {
  readonly membershipKey: Bytes;
  readonly groupContext: Bytes;
}

/** Returns the PublicMessage of a signed content, with a membership tag if a member sends it (RFC 9420, section 6.2). Throws what `checkContent` throws. */
export function protectPublic(
  suite: CipherSuite,
  authenticated: AuthenticatedContent,
  keys: MembershipKeys,
): PublicMessage {
  checkContent(suite, authenticated, 'mls_public_message');
  const { content, auth } = authenticated;
  const membershipTag = content.sender.type === 'member' ? membershipTagOf(suite, authenticated, keys) : undefined;
  return { content, auth, membershipTag };
}

/**
 * Returns the content of a PublicMessage whose membership tag fits (RFC 9420, section 6.2). Its signature is not verified yet:
 * that is for the caller, by `verifyContent` with the sender's key. Throws `membership_tag_mismatch` and what `checkContent` throws.
 */
export function unprotectPublic(
  suite: CipherSuite,
  message: PublicMessage,
  keys: MembershipKeys,
): AuthenticatedContent {
  const { content, auth, membershipTag } = message;
  const authenticated: AuthenticatedContent = { wireFormat: 'mls_public_message', content, auth };
  checkContent(suite, authenticated, 'mls_public_message');
  if (content.sender.type !== 'member') return authenticated;
  if (membershipTag === undefined || !equalBytes(membershipTag, membershipTagOf(suite, authenticated, keys))) {
    throw new MlsError('membership_tag_mismatch', 'The membership tag is not that of this group and epoch.');
  }
  return authenticated;
}

function membershipTagOf(suite: CipherSuite, authenticated: AuthenticatedContent, keys: MembershipKeys): Bytes {
  return suite.mac(keys.membershipKey, authenticatedContentToBeMaced(authenticated, keys.groupContext));
}
