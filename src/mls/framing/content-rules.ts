import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import type { AuthenticatedContent, ContentWireFormat } from '../structures/authenticated-content.ts';
import type { Content } from '../structures/framed-content.ts';

/** What an external sender may propose (RFC 9420, section 12.1.8). */
const externalProposals: ReadonlySet<string> = new Set(['add', 'remove', 'psk', 'reinit', 'group_context_extensions']);

/**
 * Checks what must hold of a content for its wire format and sender, whatever its signature is (RFC 9420, sections 6 and 6.1).
 *
 * Throws `wrong_wire_format`, `confirmation_tag_missing`, `public_application_message`, `private_sender_not_member`,
 * `external_sender_content`, `new_member_proposal_content`, `new_member_commit_content`.
 */
export function checkContent(suite: CipherSuite, authenticated: AuthenticatedContent, sentAs: ContentWireFormat): void {
  const { wireFormat, content, auth } = authenticated;
  if (wireFormat !== sentAs) throw new MlsError('wrong_wire_format', 'The content was made for another wire format.');
  if (content.content.type === 'commit' && auth.confirmationTag?.length !== suite.hashLength) {
    throw new MlsError('confirmation_tag_missing', 'The commit has no confirmation tag of the length of the MAC.');
  }
  if (sentAs === 'mls_private_message') {
    if (content.sender.type !== 'member') {
      throw new MlsError('private_sender_not_member', 'Only a member sends a PrivateMessage.');
    }
    return;
  }
  checkPublicContent(content.content, content.sender.type);
}

function checkPublicContent(content: Content, sender: string): void {
  if (content.type === 'application') {
    throw new MlsError('public_application_message', 'Application data is only sent encrypted.');
  }
  if (sender === 'external' && !(content.type === 'proposal' && externalProposals.has(content.proposal.type))) {
    throw new MlsError('external_sender_content', 'An external sender sent what external senders may not send.');
  }
  if (sender === 'new_member_proposal' && !(content.type === 'proposal' && content.proposal.type === 'add')) {
    throw new MlsError('new_member_proposal_content', 'A new member proposed something else than its own Add.');
  }
  if (sender === 'new_member_commit' && !(content.type === 'commit' && content.commit.path !== undefined)) {
    throw new MlsError('new_member_commit_content', 'A new member sent no commit, or one without a path.');
  }
}
