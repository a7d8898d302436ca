/** What the room `mls/tree` refuses, with the section that says so. */
export const treeCodes = {
  /** A list of nodes is empty or ends with a blank node. */
  last_node_blank: 'RFC 9420, section 12.4.3.3',
  /** The right half of a tree has no leaf that is not blank. */
  tree_not_truncated: 'RFC 9420, section 7.7',
  /** A list of nodes has a leaf where a parent belongs, or a parent where a leaf belongs. */
  node_misplaced: 'RFC 9420, section 12.4.3.3',
  /** The unmerged leaves of a parent are not in increasing order, or one is there twice. */
  unmerged_leaves_unsorted: 'RFC 9420, section 7.1',
  /** An unmerged leaf of a parent is blank or not below it. */
  unmerged_leaf_not_below: 'RFC 9420, section 12.4.3.1',
  /** A parent between an unmerged leaf and a parent that lists it does not list it. */
  unmerged_leaf_not_between: 'RFC 9420, section 12.4.3.1',
  /** A Remove names a leaf that is blank or outside the tree. */
  removed_leaf_blank: 'RFC 9420, section 12.1.3',
  /** An Update is for a leaf that is blank or outside the tree. */
  updated_leaf_blank: 'RFC 9420, section 12.1.2',
  /** Two members have one signature key. */
  signature_key_not_unique: 'RFC 9420, section 7.3',
  /** The encryption key of a member is that of another node. */
  encryption_key_not_unique: 'RFC 9420, section 7.3',
  /** Some member does not support the credential type of a leaf. */
  credential_type_not_supported: 'RFC 9420, section 7.3',
  /** A leaf does not support a credential type that another member uses. */
  credential_in_use_not_supported: 'RFC 9420, section 7.3',
  /** A parent is not chained to exactly one leaf below by parent hashes. */
  parent_hash_invalid: 'RFC 9420, section 7.9.2',
  /** The encryption key of a parent appears in another node. */
  parent_key_not_unique: 'RFC 9420, section 12.4.3.1',
  /** The signature of a leaf does not verify. */
  leaf_signature_invalid: 'RFC 9420, section 7.3',
  /** The leaf of a KeyPackage says that it comes from elsewhere. */
  key_package_leaf_source: 'RFC 9420, section 7.3',
  /** The leaf of an Update says that it comes from elsewhere. */
  update_leaf_source: 'RFC 9420, section 7.3',
  /** The leaf of a path says that it comes from elsewhere. */
  path_leaf_source: 'RFC 9420, section 12.4.2',
  /** The leaf of an Update has the encryption key of the leaf that it replaces. */
  update_key_not_new: 'RFC 9420, section 7.3',
  /** A member's capabilities lack the protocol version. */
  version_not_in_capabilities: 'RFC 9420, section 11.1',
  /** A member's capabilities lack the group's cipher suite. */
  cipher_suite_not_in_capabilities: 'RFC 9420, section 11.1',
  /** A member's capabilities lack the type of its own credential. */
  credential_type_not_in_capabilities: 'RFC 9420, section 7.2',
  /** A leaf has an extension that its capabilities lack. */
  leaf_extension_not_in_capabilities: 'RFC 9420, section 7.3',
  /** A member's capabilities lack an extension that the group requires. */
  required_extension_not_supported: 'RFC 9420, section 7.3',
  /** A member's capabilities lack a proposal that the group requires. */
  required_proposal_not_supported: 'RFC 9420, section 7.3',
  /** A member's capabilities lack a credential type that the group requires. */
  required_credential_not_supported: 'RFC 9420, section 7.3',
  /** A member's capabilities lack an extension of the GroupContext. */
  group_extension_not_supported: 'RFC 9420, section 13.4',
  /** Now is not within the lifetime of a leaf from a KeyPackage. */
  lifetime_not_current: 'RFC 9420, section 7.3',
  /** The lifetime of a leaf from a KeyPackage is longer than the application takes. */
  lifetime_too_long: 'RFC 9420, section 7.2',
  /** A KeyPackage is for another cipher suite than the group's. */
  key_package_suite_mismatch: 'RFC 9420, section 10.1',
  /** The signature of a KeyPackage does not verify. */
  key_package_signature_invalid: 'RFC 9420, section 10.1',
  /** The init key of a KeyPackage is the encryption key of its leaf. */
  init_key_not_different: 'RFC 9420, section 10.1',
  /** A KeyPackage has an extension that the capabilities of its leaf lack. */
  key_package_extension_not_in_capabilities: 'RFC 9420, section 10',
  /** The sender of a path is a leaf outside the tree. */
  path_sender_outside_tree: 'RFC 9420, section 12.4.2',
  /** A path has not one node for each node of the sender's filtered direct path. */
  path_length_mismatch: 'RFC 9420, section 7.5',
  /** A node of a path has not one ciphertext for each node of its copath's resolution without new leaves. */
  path_ciphertext_count: 'RFC 9420, section 7.6',
  /** A key of a path is that of a node of the tree. */
  path_key_not_new: 'RFC 9420, section 12.4.2',
  /** The leaf of a path has the encryption key of the leaf that it replaces. */
  path_leaf_key_not_new: 'RFC 9420, section 12.4.2',
  /** One key is in a path twice, so that it would be in two nodes of the tree. */
  path_key_repeated: 'RFC 9420, section 12.4.3.1',
  /** The parent hash of a path's leaf is not that of the first node above it. */
  parent_hash_mismatch: 'RFC 9420, section 7.9.2',
  /** A path has no ciphertext that a key of this member opens. */
  path_not_for_member: 'RFC 9420, section 7.5',
  /** A key that a path secret gives is not the one of the path. */
  path_key_mismatch: 'RFC 9420, section 7.5',
  /** The member whose path secret came with a Welcome is not in the tree. */
  signer_leaf_blank: 'RFC 9420, section 12.4.3.1',
  /** The joiner's key is not that of its leaf. */
  leaf_key_mismatch: 'RFC 9420, section 12.4.3.1',
  /** A Welcome has a path secret, and the lowest common ancestor of joiner and signer is blank. */
  common_ancestor_blank: 'RFC 9420, section 12.4.3.1',
  /** A key that the path secret of a Welcome gives is not the one of the node. */
  path_secret_mismatch: 'RFC 9420, section 12.4.3.1',
  /** A private key that was imported without its secret cannot be stored. */
  secret_not_storable: 'limit of this implementation: what is stored is the secret that a key pair is derived from',
} as const;
