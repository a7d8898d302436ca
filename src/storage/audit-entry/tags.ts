/** What follows in a packed value: a byte before each. They are a stored shape and never change. */
export const tags = {
  null: 0,
  false: 1,
  true: 2,
  /** A natural number, 7 bits a byte, the lowest first. */
  natural: 3,
  /** Any other number: 8 bytes, IEEE 754, big-endian. */
  number: 4,
  /** The length in bytes as a natural number, then UTF-8. */
  text: 5,
  /** The bytes that a text is the base64 or the lowercase hex of, after their number. */
  base64: 6,
  hex: 7,
  /** The number of members; of each its name, written like a text, and its value. */
  object: 8,
  /** The number of values, then these. */
  array: 9,
  /** The place, from 0, among the texts that were written out before. */
  same: 10,
  /** The place, from 0, among the certificates that the entry refers to: a text that is the base64 of one. */
  certificate: 11,
  /** This and all above it: a word, by its place in their list. */
  firstWord: 128,
} as const;

/** Characters that a text has to have to be referred to when it comes again. */
export const shortestSame = 4;
