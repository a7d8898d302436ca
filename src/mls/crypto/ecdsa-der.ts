import { type Bytes, concat } from '../bytes.ts';

const sequenceTag = 0x30;
const integerTag = 0x02;

/** Returns `r || s` as WebCrypto gives it in the DER of ECDSA-Sig-Value (RFC 3279, section 2.2.3). */
export function rawToDer(raw: Bytes): Bytes {
  const half = raw.length / 2;
  const body = concat(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
  return concat(Uint8Array.of(sequenceTag), lengthOf(body), body);
}

function integer(unsigned: Bytes): Bytes {
  let start = 0;
  while (start < unsigned.length - 1 && unsigned[start] === 0) start++;
  const value = unsigned.subarray(start);
  const positive = (value[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), value) : value;
  return concat(Uint8Array.of(integerTag), lengthOf(positive), positive);
}

function lengthOf(body: Bytes): Bytes {
  return body.length < 0x80 ? Uint8Array.of(body.length) : Uint8Array.of(0x81, body.length);
}

/** Returns `r || s`, each of `fieldLength` bytes; `undefined` for bytes that are not the one DER encoding of two such numbers. */
export function derToRaw(der: Bytes, fieldLength: number): Bytes | undefined {
  const body = valueAt(der, 0, sequenceTag);
  if (body === undefined || body.end !== der.length) return undefined;
  const r = valueAt(der, body.start, integerTag);
  const s = r && valueAt(der, r.end, integerTag);
  if (r === undefined || s === undefined || s.end !== body.end) return undefined;
  const raw = new Uint8Array(2 * fieldLength);
  for (const [place, { start, end }] of [r, s].entries()) {
    const value = der.subarray(start, end);
    if (!isShortestPositive(value)) return undefined;
    const digits = value[0] === 0 ? value.subarray(1) : value;
    if (digits.length > fieldLength) return undefined;
    raw.set(digits, (place + 1) * fieldLength - digits.length);
  }
  return raw;
}

function isShortestPositive(value: Bytes): boolean {
  const [first, second] = value;
  if (first === undefined || first >= 0x80) return false;
  return first !== 0 || second === undefined || second >= 0x80;
}

function valueAt(
  der: Bytes,
  offset: number,
  tag: number,
): { readonly start: number; readonly end: number } | undefined {
  if (der[offset] !== tag) return undefined;
  const short = der[offset + 1] ?? 0xff;
  const long = short === 0x81 ? (der[offset + 2] ?? 0) : 0;
  if (short >= 0x80 && long < 0x80) return undefined;
  const start = offset + (short < 0x80 ? 2 : 3);
  const end = start + (short < 0x80 ? short : long);
  return end <= der.length ? { start, end } : undefined;
}
