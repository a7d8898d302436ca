/** What the room `mls/framing` refuses, with the section that says so. */
export const framingCodes = {
  /** A signature over the GroupContext was to be made or verified without one. */
  group_context_missing: 'RFC 9420, section 6.1',
  /** A content was to be sent in another wire format than the one that was signed. */
  wrong_wire_format: 'RFC 9420, section 6.1',
  /** Application data in a PublicMessage. */
  public_application_message: 'RFC 9420, section 6',
  /** The sender of a PrivateMessage is not a member. */
  private_sender_not_member: 'RFC 9420, section 6.3.2',
  /** An external sender sent a commit, or a proposal of a type that is not for external senders. */
  external_sender_content: 'RFC 9420, section 6.1',
  /** A sender of type new_member_proposal sent something else than an Add. */
  new_member_proposal_content: 'RFC 9420, section 6.1',
  /** A sender of type new_member_commit sent something else than a commit with a path. */
  new_member_commit_content: 'RFC 9420, section 6.1',
  /** The membership tag of a PublicMessage is not the MAC over it. */
  membership_tag_mismatch: 'RFC 9420, section 6.2',
  /** The sender of a message is a leaf that is blank or not in the tree. */
  unknown_sender_leaf: 'RFC 9420, section 6.3.2',
  /** The suites of a Welcome and of the KeyPackage that it is for differ. */
  welcome_cipher_suite_mismatch: 'RFC 9420, section 12.4.3.1',
  /** A Welcome has no entry for the KeyPackage. */
  welcome_not_for_key_package: 'RFC 9420, section 12.4.3.1',
  /** A Welcome names a pre-shared key that the client does not have. */
  welcome_psk_missing: 'RFC 9420, section 12.4.3.1',
  /** The nonce of a pre-shared key in a Welcome is not KDF.Nh bytes long. */
  welcome_psk_nonce: 'RFC 9420, section 8.4',
  /** A Welcome names more than one pre-shared key whose usage is reinit or branch. */
  resumption_psk_not_alone: 'RFC 9420, section 12.4.3.1',
  /** A group joined with a pre-shared key for reinit or branch is not in its epoch 1. */
  resumption_epoch_not_one: 'RFC 9420, section 12.4.3.1',
  /** The suite of a GroupInfo is not that of the KeyPackage. */
  group_info_cipher_suite_mismatch: 'RFC 9420, section 12.4.3.1',
} as const;
