/** The work of one library in a group of one size; each can be done again and again from the same state. */
export interface Work {
  readonly add: () => Promise<unknown>;
  readonly join: () => Promise<unknown>;
  readonly updateFresh: () => Promise<unknown>;
  readonly updateUsed: () => Promise<unknown>;
  readonly process: () => Promise<unknown>;
  /** The first message of a member in an epoch: its ratchets are derived from the root of the secret tree. */
  readonly encryptFirst: () => Promise<unknown>;
  readonly decryptFirst: () => Promise<unknown>;
  /** A later one. */
  readonly encrypt: () => Promise<unknown>;
  readonly decrypt: () => Promise<unknown>;
}

/** What is measured, with the words of the table. */
export const operations: Readonly<Record<keyof Work, string>> = {
  add: 'add all',
  join: 'join',
  updateFresh: 'update, fresh tree',
  updateUsed: 'update, used tree',
  process: 'process, used tree',
  encryptFirst: 'encrypt 256 B, first',
  decryptFirst: 'decrypt 256 B, first',
  encrypt: 'encrypt 256 B, later',
  decrypt: 'decrypt 256 B, later',
};

/** In this order. */
export const measured = [
  'add',
  'join',
  'updateFresh',
  'updateUsed',
  'process',
  'encryptFirst',
  'decryptFirst',
  'encrypt',
  'decrypt',
] as const;

/** What a member says in the measured messages. */
export const saying: Uint8Array<ArrayBuffer> = new TextEncoder().encode('Hello Helper! '.repeat(19).slice(0, 256));
