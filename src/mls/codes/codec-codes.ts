/** What a decoder refuses, with the section that says so. */
export const codecCodes = {
  /** The bytes end before the structure does. */
  truncated: 'RFC 9420, section 2.1',
  /** Bytes are left behind the end of the structure. */
  trailing_bytes: 'RFC 9420, section 2.1',
  /** A vector's length begins with the invalid prefix 0b11. */
  invalid_length_prefix: 'RFC 9420, section 2.1.2',
  /** A vector's length takes more bytes than it needs. */
  length_not_shortest: 'RFC 9420, section 2.1.2',
  /** A vector is longer than its length can say. */
  vector_too_long: 'RFC 9420, section 2.1.2',
  /** A number that is written does not fit the width that it has. */
  number_out_of_range: 'RFC 8446, section 3.3',
  /** An optional value begins with neither 0 nor 1. */
  invalid_optional: 'RFC 9420, section 2.1.1',
  /** A value of an enumeration that names no known alternative. */
  unknown_enumeration: 'RFC 9420, section 2.1',
  /** The protocol version is not mls10. */
  unsupported_version: 'RFC 9420, section 6',
  /** A credential's type is neither basic nor x509. */
  unsupported_credential_type: 'RFC 9420, section 5.3',
  /** A proposal's type is not one of the seven of the RFC. */
  unsupported_proposal_type: 'RFC 9420, section 12.1',
  /** A value of so many short parts that it would take far more memory than it has bytes. */
  too_many_parts: 'limit of this implementation: 8,192 parts, and one more for each 16 bytes',
  /** A tree of more nodes than this implementation takes. */
  tree_too_large: 'limit of this implementation: 65,536 leaves',
} as const;
