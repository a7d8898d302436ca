/*
 * What a value is, whichever realm made it: a page, its frames, a worker and a test runner's sandbox (jsdom) have classes of their own,
 * and `instanceof` knows only those of the realm that asks.
 */

/** True for a Uint8Array of any realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Uint8Array';
}

/** True for an ArrayBuffer of any realm. */
export function isBuffer(value: unknown): value is ArrayBuffer {
  return tagOf(value) === 'ArrayBuffer';
}

/** True for a CryptoKey of any realm. */
export function isKey(value: unknown): value is CryptoKey {
  return tagOf(value) === 'CryptoKey';
}

/** True for an Error or a DOMException of any realm. */
export function isError(value: unknown): value is Error {
  const tag = tagOf(value);
  return tag === 'Error' || tag === 'DOMException';
}

/** True for an error of any realm that bears this name, such as `AbortError`. */
export function isNamed(cause: unknown, name: string): boolean {
  return typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === name;
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
