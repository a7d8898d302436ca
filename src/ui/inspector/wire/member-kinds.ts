import { decodeIfBase64 } from '../../../protocol/wire/base64.ts';

/** What an observer can tell about a member by its place in the protocol: nothing here needs a key. */
export type MemberKind =
  | 'certificate'
  | 'rsa_ciphertext'
  | 'key_share'
  | 'iv'
  | 'ciphertext'
  | 'tag'
  | 'signature'
  | 'metadata'
  | 'unknown';

interface KnownMember {
  readonly kind: Exclude<MemberKind, 'unknown'>;
  /** One line for people. */
  readonly what: string;
}

const plain = (what: string): KnownMember => ({ kind: 'metadata', what });

const sealed = (name: string, what: string): readonly (readonly [string, KnownMember])[] => [
  [`${name}.iv`, { kind: 'iv', what: 'AES-GCM initialisation vector, never used twice with one key' }],
  [`${name}.ciphertext`, { kind: 'ciphertext', what }],
  [`${name}.tag`, { kind: 'tag', what: 'AES-GCM tag: any changed bit is noticed' }],
];

const known: ReadonlyMap<string, KnownMember> = new Map([
  ['message_type', plain('Which message this is')],
  ['protocol', plain('Protocol and version')],
  ['session_id', plain('Names the session, chosen by the client')],
  ['resumption_id', plain('Names the session that is resumed; valid once')],
  ['nonce', plain('Fresh random bytes, so that a replay is recognised')],
  ['timestamp', plain('Sender’s clock, Unix seconds')],
  ['sender_id', plain('Who says it')],
  ['recipient_id', plain('Who it is for')],
  ['recipient_key_id', plain('Hash of the public key that was encrypted to')],
  ['my_certificate.signing', { kind: 'certificate', what: 'X.509 certificate of the signing key' }],
  ['my_certificate.encryption', { kind: 'certificate', what: 'X.509 certificate of the encryption key' }],
  ['encrypted_session_key', { kind: 'rsa_ciphertext', what: 'RSA-OAEP: opens with the recipient’s private key only' }],
  ['key_shares.x25519', { kind: 'key_share', what: 'X25519 public key, made for this session' }],
  ['key_shares.ml_kem_768', { kind: 'key_share', what: 'ML-KEM-768 public key (client) or ciphertext (server)' }],
  ['session_signing_key', { kind: 'key_share', what: 'Ed25519 public key that signs this session’s messages' }],
  ...sealed('challenge', 'The client’s nonce under the server’s handshake key'),
  ...sealed('challenge_response', 'The server’s nonce under the client’s handshake key'),
  ...sealed('encrypted_payload', 'The message, padded, under the session’s key'),
  ['extensions', plain('Optional features of the sender; unknown members are ignored')],
  ['extensions.envelopes', plain('Forms of envelopes that its sender can read')],
  ['extensions.payloads', plain('Members of requests that an earlier parley/1 does not know')],
  ['header_length', plain('Length of the header that follows: 16 bits, the high byte first')],
  ['header', plain('Should be the canonical JSON of the header’s five members')],
  ['signature', { kind: 'signature', what: 'Covers every other member' }],
  ['binder', { kind: 'tag', what: 'HMAC under the old session’s resumption key: both sides had that session' }],
  ['confirmation', { kind: 'tag', what: 'HMAC: proves that both sides derived the same keys' }],
  ['expires_at', plain('When the session ends, Unix seconds')],
  ['created_at', plain('When the session began, Unix seconds')],
  ['epoch', plain('Which set of keys')],
  ['sequence', plain('Number of the message in its direction')],
  ['type', plain('Kind of refusal')],
  ['title', plain('The refusal in words')],
  ['status', plain('State, or HTTP status of a refusal')],
  ['code', plain('Stable code of the refusal')],
  ['detail', plain('What the refusal says')],
  ['now', plain('Answering agent’s clock, Unix seconds')],
]);

/** Returns how many bytes a base64 text stands for; undefined when it is no canonical base64. */
export function base64Size(text: string): number | undefined {
  return decodeIfBase64(text)?.length;
}

/** Returns what the protocol says of the member at `path`; a member of a list is what its list is. */
function meaningOf(path: string): KnownMember | undefined {
  return known.get(path.replace(/\.\d+$/, ''));
}

/**
 * Returns the kind of the member at `path` (names joined by `.`). What the protocol does not name, or is not bytes
 * where bytes belong, is `unknown`.
 */
export function memberKind(path: string, value: unknown): MemberKind {
  const member = meaningOf(path);
  if (member === undefined) return 'unknown';
  if (member.kind === 'metadata') return typeof value === 'object' ? 'unknown' : 'metadata';
  return typeof value === 'string' && base64Size(value) !== undefined ? member.kind : 'unknown';
}

/** Returns the kind of a part of a binary envelope, whose place says what it is. */
export function kindOfPart(path: string): MemberKind {
  return meaningOf(path)?.kind ?? 'unknown';
}

/** Returns what the member at `path` of `message` is, in one line; empty when the protocol does not name it. */
export function memberMeaning(path: string, message: string): string {
  if (path === 'signature' && message.startsWith('RESUME_')) return 'By the old session’s key, over all but the binder';
  return meaningOf(path)?.what ?? '';
}

/** True for members whose text is base64 of bytes. */
export function isBinaryMember(path: string): boolean {
  const kind = known.get(path)?.kind;
  return (
    (kind !== undefined && kind !== 'metadata') ||
    path === 'nonce' ||
    path === 'recipient_key_id' ||
    path === 'resumption_id'
  );
}
