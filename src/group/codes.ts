/** Every rule of the groups page that a receiver checks beyond MLS itself, with the section that says so. */
const groupRuleCodes = {
  /** A message that is not a PrivateMessage of MLS 1.0, by its first bytes. */
  not_a_private_message: '1',
  /** A group_id that is not 16 bytes. */
  group_id_length: '1',
  /** A group or KeyPackage of another cipher suite than 0xF64A. */
  cipher_suite_not_allowed: '1',
  /** The capabilities of a leaf are not exactly those of the profile. */
  capabilities_not_exact: '1',
  /** A leaf or a KeyPackage has an extension. */
  leaf_extension_not_allowed: '1',
  /** A leaf's credential is not a basic one. */
  credential_not_basic: '1',
  /** The GroupContext's extensions are not exactly required_capabilities and the descriptor, in this order. */
  group_extensions_not_exact: '1',
  /** The extensions of a GroupInfo are not exactly the ratchet tree. */
  group_info_extensions_not_exact: '1',
  /** A commit holds a proposal of a type that no group takes, or was made by no member. */
  proposal_not_allowed: '1',
  /** The authenticated_data is neither empty nor a reason for a removal, or it is where none belongs. */
  authenticated_data_not_allowed: '1',
  /** A credential is longer than 1 KiB. */
  credential_too_long: '2',
  /** A credential is not exactly the JSON that the page shows, in its canonical form. */
  credential_malformed: '2',
  /** A credential ends more than 30 days after it begins, or before. */
  credential_lifetime: '2',
  /** A credential outlives its certificate. */
  credential_outlives_certificate: '2',
  /** A certificate does not have the hash that the credential names. */
  certificate_hash_mismatch: '2',
  /** The Controller has never issued the certificate that a credential names. */
  certificate_unknown: '2',
  /** The certificate is no signing certificate of a Controller that this agent has pinned. */
  certificate_not_accepted: '2',
  /** The certificate names another agent than the credential. */
  certificate_of_another_agent: '2',
  /** The certificate's key did not sign the credential with this leaf's key. */
  credential_signature_invalid: '2',
  /** A credential is for something else than where it was found. */
  credential_purpose: '2',
  /** A Welcome is not of the group, the epoch or the sender of the commit entry that it came with. */
  welcome_not_of_entry: '2',
  /** A Welcome is signed by who is no admin, and is no rejoin that was asked for. */
  welcome_not_permitted: '2',
  /** After the commit two leaves would have one agent_id. */
  agent_twice: '2',
  /** A member's new leaf names another agent. */
  agent_changed: '2',
  /** A member's new leaf is vouched for by another RSA key. */
  signing_key_changed: '2',
  /** A KeyPackage is longer than 8 KiB. */
  key_package_too_long: '4',
  /** The bytes are no KeyPackage. */
  key_package_malformed: '3',
  /** A KeyPackage is of another agent than the one that was asked for. */
  key_package_of_another_agent: '2',
  /** The lifetime of a KeyPackage is not that of its credential. */
  key_package_lifetime: '3',
  /** A KeyPackage has less than a day left, or has not begun. */
  key_package_not_current: '3',
  /** A descriptor is not exactly the JSON that the page shows, in its canonical form. */
  descriptor_malformed: '5',
  /** The name in a descriptor is not 1 to 100 characters without control or bidi characters. */
  descriptor_name: '5',
  /** The admins of a descriptor are not sorted, or one is there twice, or those of a direct group are not two. */
  descriptor_admins: '5',
  /** An admin of a new descriptor is not a member after the commit. */
  admin_not_member: '5',
  /** A commit changes what never changes in a descriptor. */
  descriptor_changed: '5',
  /** A leaf of a third agent in a direct group. */
  not_of_direct_group: '5',
  /** An Add by who is not an admin, and no rejoin. */
  add_not_permitted: '5',
  /** A change of the descriptor by who is not an admin. */
  descriptor_change_not_permitted: '5',
  /** A change of the descriptor beside an Add. */
  descriptor_change_not_alone: '5',
  /** A Remove of another member by who is not an admin, without a reason. */
  remove_not_permitted: '5',
  /** A member was removed as expired and is not, at the entry's time. */
  not_expired: '5',
  /** A member was removed as revoked and is not, at the entry's time. */
  not_revoked: '5',
  /** A proposal by reference is something else than a Remove of the sender's own leaf. */
  proposal_by_reference: '5',
  /** A leaf proposes to leave a second time in an epoch. */
  already_leaving: '5',
  /** A commit replaces a leaf and is not exactly a Remove and an Add, by value. */
  rejoin_not_exact: '5',
  /** The credential of a replaced leaf does not begin later than that of the leaf before. */
  rejoin_not_newer: '5',
} as const;

/** A stable code: one for each rule. */
export type GroupCode = keyof typeof groupRuleCodes;

/** What the rules of a group refuse. `detail` is a sentence without secrets. */
export class GroupError extends Error {
  readonly code: GroupCode;
  /** The section of the groups page whose rule was broken. */
  readonly section: string;
  readonly detail: string;

  constructor(code: GroupCode, detail: string, options: { readonly cause?: unknown } = {}) {
    super(`${code}: ${detail}`, options);
    this.name = 'GroupError';
    this.code = code;
    this.section = groupRuleCodes[code];
    this.detail = detail;
  }
}
