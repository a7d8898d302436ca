import { type Bytes, concat } from '../../protocol/bytes.ts';

/** Bytes of a token. */
export const tokenLength = 8;

/** Tokens one after the other, each once, in the order of their bytes: that of the text they were made from is gone. */
export function packTokens(tokens: readonly Bytes[]): Bytes {
  const byValue = new Map(tokens.map((token) => [tokenAt(token, 0), token]));
  return concat(...[...byValue].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, token]) => token));
}

/** The token that begins at an offset, as a number. */
export function tokenAt(bytes: Bytes, offset: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(offset);
}

/** The numbers of packed tokens, in their order. */
export function* unpackTokens(packed: Bytes): Generator<bigint> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (let offset = 0; offset + tokenLength <= packed.length; offset += tokenLength) yield view.getBigUint64(offset);
}

/** Whether a token is among packed ones. */
export function hasToken(packed: Bytes, token: bigint): boolean {
  for (const one of unpackTokens(packed)) if (one === token) return true;
  return false;
}
