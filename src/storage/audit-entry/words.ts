/**
 * Names and texts that entries of the audit trail are made of; each is stored as its place in this list. It is a stored shape: words are
 * only ever added at its end, up to 128.
 */
const words = [
  ...['agent_id', 'at', 'began', 'binder', 'by', 'certificate', 'challenge', 'challenge_response', 'ciphertext'],
  ...['claimed_sender', 'claimed_session', 'client', 'client_confirm', 'client_hello', 'code', 'commitment'],
  ...['confirmation', 'count', 'deletion', 'der', 'detail', 'digest', 'direction', 'encrypted_session_key'],
  ...['encryption', 'entries_omitted', 'epoch', 'exchange', 'expires_at', 'extensions', 'failed', 'fingerprint'],
  ...['handshake', 'handshake_failed', 'header', 'index', 'iv', 'key_fingerprint', 'key_hash', 'key_shares'],
  ...['key_update', 'kind', 'mark', 'message', 'message_type', 'ml_kem_768', 'my_certificate', 'nonce', 'of'],
  ...['passed', 'payloads', 'peer_id', 'prev', 'protocol', 'reason', 'recipient_id', 'recipient_key_id', 'refusal'],
  ...['refusals_omitted', 'resume_accept', 'resume_hello', 'resumes', 'resumption', 'resumption_id', 'revocation'],
  ...['role', 'sender_id', 'sequence', 'sequences', 'server', 'server_hello', 'session_ended', 'session_established'],
  ...['session_id', 'session_signing_key', 'signature', 'signing', 'since', 'size', 'status', 'tag', 'timestamp'],
  ...['type', 'up_to', 'use', 'verification', 'x25519'],
  ...['CLIENT_CONFIRM', 'CLIENT_HELLO', 'CLOSE', 'CLOSED', 'EXPIRED', 'KEY_UPDATE', 'REQUEST', 'RESPONSE'],
  ...['RESUME_ACCEPT', 'RESUME_HELLO', 'SERVER_HELLO', 'SESSION_ESTABLISHED', 'authority', 'changed'],
  ...['dropped', 'identity', 'key_exchange', 'parley/1', 'peer', 'peer_quota', 'person', 'received', 'recipient'],
  ...['retention', 'room', 'self', 'sent', 'sent_at', 'shape', 'too_many', 'unwritable', 'verified'],
] as const;

const places = new Map<string, number>(words.map((word, place) => [word, place]));

/** Returns the place of a word in the list; undefined when it is none of them. */
export function placeOfWord(word: string): number | undefined {
  return places.get(word);
}

/** Returns the word at a place. Throws a RangeError when there is none. */
export function wordAt(place: number): string {
  const word = words[place];
  if (word === undefined) throw new RangeError('There is no such word.');
  return word;
}
