/** Returns the whole length, header included, that the first DER element of `bytes` claims; undefined for what is no DER header. */
function derLength(bytes: Uint8Array): number | undefined {
  const first = bytes[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 4 || bytes.length < 2 + count) return undefined;
  let length = 0;
  for (const byte of bytes.subarray(2, 2 + count)) length = length * 256 + byte;
  return 2 + count + length;
}

/** True when `bytes` are one DER SEQUENCE and nothing after it. */
export function isDerSequence(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && derLength(bytes) === bytes.length;
}

/** `ecdsa-with-SHA256` without parameters, as DER has it (RFC 5758, section 3.2). */
const ecdsaWithSha256 = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

/**
 * True when what follows the signed part of a DER certificate or CRL is an ECDSA P-256 signature, written in the one way that
 * DER has for it (RFC 5280, section 4.1.1; RFC 3279, section 2.2.3). These bytes are under no signature, and the library reads other
 * spellings of them too, which would give one certificate or list several encodings.
 */
export function endsInEcdsaSignature(der: Uint8Array): boolean {
  if (!isDerSequence(der)) return false;
  const header = (der[1] ?? 0) < 0x80 ? 2 : 2 + ((der[1] ?? 0) & 0x7f);
  const rest = der.subarray(header + (derLength(der.subarray(header)) ?? der.length));
  const [tag, length, unusedBits] = rest.subarray(ecdsaWithSha256.length);
  const signature = rest.subarray(ecdsaWithSha256.length + 3);
  return (
    ecdsaWithSha256.every((byte, i) => rest[i] === byte) &&
    tag === 3 &&
    length === signature.length + 1 &&
    unusedBits === 0 &&
    isEcdsaSignature(signature)
  );
}

function isEcdsaSignature(bytes: Uint8Array): boolean {
  if (!isDerSequence(bytes) || (bytes[1] ?? 0x80) >= 0x80) return false;
  const first = bytes.subarray(2, 4 + (bytes[3] ?? 0));
  const second = bytes.subarray(2 + first.length);
  return isPositiveInteger(first) && isPositiveInteger(second);
}

/** True for a DER INTEGER above zero, of at most 32 bytes and the padding that keeps it positive. */
function isPositiveInteger(bytes: Uint8Array): boolean {
  const [tag, length = 0, first = 0x80, second = 0] = bytes;
  if (tag !== 2 || length !== bytes.length - 2 || length < 1 || length > 33 || first >= 0x80) return false;
  return first === 0 ? length > 1 && second >= 0x80 : length <= 32;
}
