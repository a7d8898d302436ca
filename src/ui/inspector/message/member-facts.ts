import type { MessageName } from '../../../protocol/trace/events.ts';
import { isOfResumption } from '../../../recording/beginning.ts';

/** What the bytes of a member are, by its path: how they are decoded in place. */
export type Decoding = 'certificate' | 'x25519' | 'ml_kem' | 'ed25519' | 'time' | 'bytes' | 'text';

const decodings: ReadonlyMap<string, Decoding> = new Map([
  ['my_certificate.signing', 'certificate'],
  ['my_certificate.encryption', 'certificate'],
  ['key_shares.x25519', 'x25519'],
  ['key_shares.ml_kem_768', 'ml_kem'],
  ['session_signing_key', 'ed25519'],
  ['timestamp', 'time'],
  ['expires_at', 'time'],
  ['created_at', 'time'],
  ['now', 'time'],
  ...[
    'nonce',
    'recipient_key_id',
    'resumption_id',
    'binder',
    'encrypted_session_key',
    'signature',
    'confirmation',
    ...['challenge', 'challenge_response', 'encrypted_payload'].flatMap((name) => [
      `${name}.iv`,
      `${name}.ciphertext`,
      `${name}.tag`,
    ]),
  ].map((path): [string, Decoding] => [path, 'bytes']),
]);

/** Returns how the member at `path` is decoded. */
export function decodingOf(path: string): Decoding {
  return decodings.get(path) ?? 'text';
}

/** Returns where a member is specified. */
export function sourceOf(path: string, message: MessageName, form?: 'binary'): string {
  if (form === 'binary') return 'parley/1, section 4.1';
  if (path.startsWith('my_certificate')) return 'parley/1, section 2';
  if (path.startsWith('encrypted_payload') || message === 'ENVELOPE') return 'parley/1, section 4';
  if (message === 'PROBLEM') return 'RFC 9457, section 3.1';
  return isOfResumption(message) ? 'parley/1, section 5' : 'parley/1, section 3';
}
