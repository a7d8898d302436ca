/** True for what localStorage throws where the browser lets this site store nothing, or no more. */
export function isStorageRefusal(cause: unknown): boolean {
  return cause instanceof DOMException && (cause.name === 'SecurityError' || cause.name === 'QuotaExceededError');
}
