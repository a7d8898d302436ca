/** Bytes over a plain ArrayBuffer, which is what SubtleCrypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

declare const brand: unique symbol;
/** A value that only the functions that check it can make. */
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** 32 bytes of SHA-256 over the handshake so far (protocol page, section 3, transcript). */
export type TranscriptHash = Brand<Bytes, 'TranscriptHash'>;
/** 32 bytes: SHA-256 of a DER certificate. */
export type CertificateFingerprint = Brand<Bytes, 'CertificateFingerprint'>;
/** 32 bytes: SHA-256 of an encryption key's SPKI DER. */
export type KeyId = Brand<Bytes, 'KeyId'>;
/** 16 bytes that name what can be resumed (protocol page, section 5). */
export type ResumptionId = Brand<Bytes, 'ResumptionId'>;
/** 32 random bytes of a hello. */
export type Nonce = Brand<Bytes, 'Nonce'>;
/** 32 lowercase hex digits. */
export type SessionId = Brand<string, 'SessionId'>;
/** `[a-z][a-z0-9_]{2,62}` */
export type AgentId = Brand<string, 'AgentId'>;

/** True for 32 bytes. */
export function isTranscriptHash(bytes: Bytes): bytes is TranscriptHash {
  return bytes.length === 32;
}

/** Returns the concatenation of the parts, in a new buffer. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Adds a part to a list of parts; one that lies behind the last one in the same buffer becomes one with it. */
export function pushPart(parts: Bytes[], part: Bytes): void {
  const last = parts.at(-1);
  if (last?.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset) {
    parts[parts.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + part.length);
  } else {
    parts.push(part);
  }
}

/** Compares in time that depends on the lengths only. */
export function equalConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Overwrites a buffer that held a secret. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** Returns lowercase hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Returns lowercase hex in pairs joined by `between`, as people compare it. */
export function hexPairs(bytes: Uint8Array, between = ':'): string {
  return Array.from(bytes, (byte) => toHex(Uint8Array.of(byte))).join(between);
}

/** Returns the bytes of an even number of hex digits that the caller has checked. */
export function fromHex(text: string): Bytes {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
