/** Returns the first four bytes of a fingerprint, `3f:9a:07:c1…`: enough to tell agents apart, not to verify one. */
export function shortFingerprint(fingerprint: string): string {
  return `${fingerprint.slice(0, 11)}…`;
}
