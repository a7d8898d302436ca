import type { MemberKind } from './member-kinds.ts';

/** The kinds in words: one, and many for the summary. */
export const kindWords: Readonly<Record<MemberKind, { readonly one: string; readonly many: string }>> = {
  certificate: { one: 'certificate', many: 'certificates' },
  rsa_ciphertext: { one: 'RSA ciphertext', many: 'RSA ciphertext' },
  key_share: { one: 'key share', many: 'key shares' },
  iv: { one: 'IV', many: 'IVs' },
  ciphertext: { one: 'ciphertext', many: 'ciphertext' },
  tag: { one: 'tag', many: 'tags' },
  signature: { one: 'signature', many: 'signatures' },
  metadata: { one: 'metadata', many: 'metadata' },
  unknown: { one: 'not named by the protocol', many: 'members the protocol does not name' },
};

/** Returns a list in words: `a, b and c`. */
export function inWords(parts: readonly string[]): string {
  const last = parts.at(-1);
  if (last === undefined || parts.length === 1) return last ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${last}`;
}
