import type { KeptBody } from '../wire/wire-body.ts';
import { readWireBody } from '../wire/wire-body.ts';

/**
 * Returns what an envelope decrypts to, to the byte as far as its length says it (protocol page, sections 4 and 4.2): AES-GCM adds nothing to
 * the length. `attachment` is how many bytes travelled beside the JSON. Empty for what is no envelope, or was cut before its ciphertext ended.
 */
export function plaintextWords({ text, form, size }: KeptBody, attachment: number | undefined): string {
  const body = readWireBody(text, { form, size });
  if (body.type !== 'members' || body.message !== 'ENVELOPE') return '';
  const length = body.lines.find(({ path }) => path === 'encrypted_payload.ciphertext')?.value?.bytes;
  if (length === undefined) return '';
  const bytes = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'byte' : 'bytes'}`;
  if (attachment === undefined) return `${bytes(length)}: JSON ‖ spaces, which hide how long it is.`;
  const rest = length - 1 - attachment;
  if (rest < 0) return '';
  return `${bytes(length)}: JSON ‖ 00 ‖ ${bytes(attachment)} of attachment ‖ spaces. JSON and spaces have ${bytes(rest)} together.`;
}
