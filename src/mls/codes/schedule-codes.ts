/** What the room `mls/schedule` refuses, with the section that says so. */
export const scheduleCodes = {
  /** A leaf that the secret tree does not have. */
  leaf_out_of_range: 'RFC 9420, section 9',
  /** The key of this generation was used, or skipped past and dropped. */
  generation_consumed: 'RFC 9420, section 9.1',
  /** A generation more than 200 steps ahead of the last one that was seen. */
  generation_too_far: 'RFC 9420, section 9.1; limit of this implementation: 200 steps',
  /** A ratchet has given its last generation. */
  ratchet_exhausted: 'RFC 9420, section 9.1',
  /** Stored bytes are no secret tree, or no ratchets of an opened leaf. */
  invalid_secret_tree: 'encoding of this implementation',
  /** A state whose secrets were wiped is used again. */
  secret_wiped: 'RFC 9420, section 9.2',
  /** A secret longer than HKDF can give was asked for. */
  export_too_long: 'RFC 5869, section 2.3',
} as const;
