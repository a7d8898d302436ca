/** What the room `mls/tree` refuses, with the section that says so. */
export const treeCodes = {
  /** A list of nodes is empty or ends with a blank node. */
  last_node_blank: 'RFC 9420, section 12.4.3.3',
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
} as const;
