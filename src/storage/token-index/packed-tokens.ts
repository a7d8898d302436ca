import { type Bytes, concat } from '../../protocol/bytes.ts';

/** Bytes of a token. */
export const tokenLength = 8;

/** Packs tokens one after the other, each once, sorted by their bytes, so that the order of the text is lost. */
export function packTokens(tokens: readonly Bytes[]): Bytes {
  const byValue = new Map(tokens.map((token) => [tokenAt(token, 0), token]));
  return concat(...[...byValue].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, token]) => token));
}

/** Returns the token that begins at an offset, as a number. */
export function tokenAt(bytes: Bytes, offset: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(offset);
}

/** Yields the numbers of packed tokens, in their order. */
export function* unpackTokens(packed: Bytes): Generator<bigint> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (let offset = 0; offset + tokenLength <= packed.length; offset += tokenLength) yield view.getBigUint64(offset);
}

/** True when a token is among packed ones. */
export function hasToken(packed: Bytes, token: bigint): boolean {
  for (const one of unpackTokens(packed)) if (one === token) return true;
  return false;
}
