/** What the room `mls/group` refuses, with the section that says so. */
export const groupCodes = {
  /** A message of another group. */
  wrong_group: 'RFC 9420, section 6.1',
  /** A message of an epoch that has passed. */
  epoch_in_the_past: 'RFC 9420, section 14',
  /** A message of an epoch that has not begun here. */
  epoch_in_the_future: 'RFC 9420, section 14',
  /** A Welcome, GroupInfo or KeyPackage where a message of a group was expected. */
  not_a_group_message: 'RFC 9420, section 6',
  /** A kind of sender that this implementation does not take: external, or a new member that proposes itself. */
  unsupported_sender: 'RFC 9420, section 6.1',
  /** The signature of a content is not its sender's. */
  invalid_content_signature: 'RFC 9420, section 6.1',
  /** A message that this member sent itself. */
  own_message: 'RFC 9420, section 12.4.2',
  /** A commit refers to a proposal that was not received in this epoch. */
  unknown_proposal_reference: 'RFC 9420, section 12.4',
  /** A commit names the same proposal twice. */
  repeated_proposal_reference: 'RFC 9420, section 12.4',
  /** A commit holds an Update by its committer. */
  update_by_committer: 'RFC 9420, section 12.2',
  /** A commit removes its committer. */
  removal_of_committer: 'RFC 9420, section 12.2',
  /** Two Updates or Removes of one leaf. */
  leaf_changed_twice: 'RFC 9420, section 12.2',
  /** Two PreSharedKey proposals name one key. */
  duplicate_psk: 'RFC 9420, section 12.2',
  /** A commit changes the extensions twice. */
  duplicate_extensions_proposal: 'RFC 9420, section 12.2',
  /** A ReInit: not supported. */
  reinit_not_supported: 'RFC 9420, section 12.1.5',
  /** An ExternalInit in a member's commit, or a new member's commit without exactly one. */
  misplaced_external_init: 'RFC 9420, section 12.2',
  /** A new member's commit holds a proposal that it may not hold. */
  misplaced_proposal: 'RFC 9420, section 12.2',
  /** A new member's commit refers to proposals. */
  reference_in_external_commit: 'RFC 9420, section 12.4.3.2',
  /** A new member that removes its former leaf has that leaf's encryption key. */
  resync_key_not_new: 'RFC 9420, section 12.2',
  /** The nonce of a pre-shared key is not as long as the hash. */
  invalid_psk_nonce: 'RFC 9420, section 12.1.4',
  /** A resumption PSK for a reinitialization or a branch, in a commit or a Welcome: neither is supported. */
  invalid_psk_usage: 'RFC 9420, sections 11.2, 11.3 and 12.1.4',
  /** A pre-shared key that this member does not have. */
  unknown_psk: 'RFC 9420, section 8.4',
  /** A commit without a path that must have one. */
  path_missing: 'RFC 9420, section 12.4',
  /** The confirmation tag is not that of the new epoch. */
  invalid_confirmation_tag: 'RFC 9420, section 12.4.2',
  /** The group's epoch has reached its end. */
  epoch_exhausted: 'RFC 9420, section 8.1',
  /** No tree came with the Welcome. */
  tree_missing: 'RFC 9420, section 12.4.3.1',
  /** The group has more members than the caller takes. */
  too_many_members: 'limit of the application',
  /** The tree's hash is not the one that the GroupContext names. */
  wrong_tree_hash: 'RFC 9420, section 12.4.3.1',
  /** The GroupInfo's signer is no member. */
  unknown_signer: 'RFC 9420, section 12.4.3.1',
  /** The signature of a GroupInfo is not its signer's. */
  invalid_group_info_signature: 'RFC 9420, section 12.4.3.1',
  /** The tree has no leaf that is the KeyPackage's. */
  own_leaf_missing: 'RFC 9420, section 12.4.3.1',
  /** A state that was read from storage is not whole. */
  invalid_snapshot: 'the stored form of this implementation',
  /** A proposal that is to be sent on its own and is no Remove, or a commit by a member without a leaf. */
  invalid_intent: 'RFC 9420, section 12.4.1',
} as const;
