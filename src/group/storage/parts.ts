import type { Bytes } from '../../protocol/bytes.ts';

/** The names of what is stored of a group. Parts are listed in their order, so numbers have leading zeros. */
export const parts = {
  member: 'member',
  position: 'position',
  epoch: 'epoch',
  secrets: 'secrets',
  proposals: 'proposals',
  acquaintances: 'acquaintances',
  lists: 'lists',
  pending: 'pending',
  /** One for each leaf that has sent since `secrets` was written. */
  ratchets: 'ratchets/',
  outbox: 'outbox/',
  head: 'head/',
  authenticator: 'auth/',
} as const;

/** Returns the part of a leaf's ratchets. */
export function ratchetsPart(leaf: number): string {
  return `${parts.ratchets}${leaf}`;
}

/** Returns the part of an own entry that waits. */
export function outboxPart(entryId: string): string {
  return `${parts.outbox}${entryId}`;
}

/** Returns the part of the head after an index. */
export function headPart(index: number): string {
  return `${parts.head}${String(index).padStart(10, '0')}`;
}

/** Returns the part of an epoch's authenticator. */
export function authenticatorPart(epoch: bigint | number): string {
  return `${parts.authenticator}${String(epoch).padStart(10, '0')}`;
}

/** A row of a group before it is encrypted. Whoever writes it wipes `bytes` afterwards. */
export interface PlainPart {
  readonly part: string;
  readonly bytes: Bytes;
}

/** What a group has in storage, decrypted. */
export interface StoredParts {
  /** Returns the bytes of a part; undefined when there is none. */
  read(part: string): Promise<Bytes | undefined>;
  /** Gives the parts under a prefix, in their order. */
  all(prefix: string): AsyncIterable<PlainPart>;
  /** Returns a private signature key by its id: SHA-256 of the public one, lowercase hex. */
  key(id: string): Promise<CryptoKey | undefined>;
}
