const encoder = new TextEncoder();

/** Bytes of a base64 text; undefined when it is none. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) || text === '') return undefined;
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** Base64 of bytes (RFC 4648, section 4). */
export function base64OfBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Lowercase hex with a space between bytes. */
export function spacedHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** SHA-256 as hex pairs. */
export async function sha256Pairs(bytes: Uint8Array): Promise<string> {
  return spacedHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))).replaceAll(' ', ':');
}

/** The bytes of a text, and at which byte each place of it begins. */
export function bytesOfText(text: string): { readonly bytes: Uint8Array; offsetOf(place: number): number } {
  const bytes = encoder.encode(text);
  const isAscii = bytes.length === text.length;
  return { bytes, offsetOf: (place) => (isAscii ? place : encoder.encode(text.slice(0, place)).length) };
}
