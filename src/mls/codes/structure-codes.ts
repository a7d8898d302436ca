/** What a structure refuses beyond its encoding, with the section that says so. */
export const structureCodes = {
  /** Two extensions of one list have one type. */
  duplicate_extension: 'RFC 9420, section 13.4',
  /** A commit has no confirmation tag, or one that is not as long as the suite's MAC. */
  confirmation_tag_missing: 'RFC 9420, section 6.1',
  /** The PublicMessage of a member has no membership tag. */
  membership_tag_missing: 'RFC 9420, section 6.2',
  /** Padding of a decrypted message holds a byte that is not zero. */
  nonzero_padding: 'RFC 9420, section 6.3.1',
  /** A message that is something else, where only a PrivateMessage is taken. */
  not_a_private_message: 'RFC 9420, section 6.3',
} as const;
