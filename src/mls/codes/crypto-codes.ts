/** What the room `mls/crypto` refuses, with the section that says so. */
export const cryptoCodes = {
  /** The suite is none of this implementation's, or the platform lacks its primitives. */
  unsupported_cipher_suite: 'RFC 9420, section 5.1',
  /** Bytes that are no public key of the suite's KEM. */
  invalid_public_key: 'RFC 9420, section 5.1.1',
  /** Bytes that are no private key of the suite. */
  invalid_private_key: 'RFC 9420, section 5.1.1',
  /** A ciphertext does not open under this key, context and associated data. */
  decryption_failed: 'RFC 9420, section 5.1.3',
} as const;
