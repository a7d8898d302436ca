/** Returns what a binary envelope is made of, in one sentence with sizes in bytes. */
export function envelopeWords(sizes: readonly (readonly [name: string, bytes: number])[]): string {
  const parts = sizes.map(([name, bytes]) => `${name} ${bytes.toLocaleString('en')}`);
  return `A binary envelope, in bytes: ${parts.join(' ‖ ')}.`;
}
