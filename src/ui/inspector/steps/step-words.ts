import type { CheckName, MessageName, OperationName } from '../../../protocol/trace/events.ts';
import { type Beginning, isOfResumption } from '../beginning.ts';

interface Words {
  readonly name: string;
  /** One sentence: what would go wrong without it. */
  readonly why: string;
}

/** The checks of the protocol in plain words. */
export const checkWords: Readonly<Record<CheckName, Words>> = {
  shape: {
    name: 'Well formed',
    why: 'Every member is there, once, with the right type and size; nothing else is read.',
  },
  recipient: {
    name: 'Meant for me',
    why: 'A message for another agent, or for an old key, cannot be redirected to me.',
  },
  timestamp: { name: 'Fresh, within 300 s', why: 'An old recording is refused, however genuine it was.' },
  nonce: { name: 'Nonce never seen', why: 'A recording that is still fresh is refused the second time.' },
  session_id: {
    name: 'Session id fits',
    why: 'A message cannot be moved into another handshake, nor a dead one revived.',
  },
  room: {
    name: 'Room for a session',
    why: 'A flood of hellos is refused before it costs a private-key operation.',
  },
  certificate: {
    name: 'Certificate valid, not revoked',
    why: 'The Controller vouches that these keys belong to that agent.',
  },
  identity: { name: 'Certificate is the sender’s', why: 'A genuine certificate of somebody else is not enough.' },
  signature: {
    name: 'Signature verifies',
    why: 'Only the holder of the key can have written this, and no byte of it has changed.',
  },
  key_exchange: {
    name: 'Keys agreed',
    why: 'RSA-OAEP, X25519 and ML-KEM-768 each give a secret: all three would have to be broken.',
  },
  challenge: {
    name: 'Challenge answered',
    why: 'The peer could decrypt: it holds its private key now, not only a copy of its certificate.',
  },
  confirmation: {
    name: 'Both hold the same keys',
    why: 'Whatever was changed on the way, on either side, would show here.',
  },
  session: { name: 'Session alive', why: 'A closed or expired session accepts nothing.' },
  sender: { name: 'Sent by the peer', why: 'Nobody else may speak in this session.' },
  epoch: { name: 'Keys of this epoch', why: 'Keys that were replaced are erased.' },
  sequence: { name: 'Number not seen', why: 'The same envelope is accepted once.' },
  decryption: { name: 'Decrypts, tag verifies', why: 'The text is exactly what the peer encrypted.' },
  resumption: {
    name: 'Resumption known, unused, the sender’s',
    why: 'A session is resumed once, by the two who had it, within 24 hours; a copy of the hello is worth nothing.',
  },
  binder: {
    name: 'Binder verifies',
    why: 'Only the two agents of the old session hold its resumption key, so this continues that session and no other.',
  },
};

/** Checks that mean something else in a resumption. */
const resumptionCheckWords: Partial<Record<CheckName, Words>> = {
  room: { name: checkWords.room.name, why: 'A flood of hellos is refused before it costs a key exchange.' },
  certificate: {
    name: 'Certificates valid, not revoked since',
    why: 'The certificates stored from the old session are looked up again in the newest revocation list.',
  },
  signature: {
    name: 'Signature of the old session’s key',
    why: 'That signing key is never bytes: whoever stole the resumption key alone cannot make this.',
  },
  key_exchange: {
    name: 'Fresh secrets agreed',
    why: 'X25519 and ML-KEM-768 run again: the resumption key alone, stolen before or later, opens nothing.',
  },
};

/** A check of `of` in plain words. */
export function wordsOfCheck(check: CheckName, of: MessageName): Words {
  return (isOfResumption(of) ? resumptionCheckWords[check] : undefined) ?? checkWords[check];
}

const operationWords: Readonly<Record<OperationName, string>> = {
  fetch_revocation_list: 'Had a current revocation list',
  look_up_peer: 'Looked the peer up in the directory',
  reserve_session: 'Reserved the session id and a place',
  use_up_resumption: 'Used up the record of the old session',
  make_key_shares: 'Made nonce, session key and key shares',
  encrypt_session_key: 'Encrypted the session key to the peer, RSA-OAEP',
  open_session_key: 'Opened the peer’s session key, RSA-OAEP',
  agree_x25519: 'Agreed on a secret, X25519',
  encapsulate: 'Made a secret and sealed it, ML-KEM-768',
  decapsulate: 'Opened the sealed secret, ML-KEM-768',
  derive_handshake_keys: 'Derived the handshake keys, HKDF',
  derive_session_keys: 'Derived the session keys, HKDF',
  store_nonce: 'Stored the peer’s nonce, which is accepted once',
  sign: 'Signed, RSA-PSS',
  encrypt_challenge: 'Encrypted the peer’s nonce, AES-256-GCM',
  encrypt_message: 'Encrypted and signed a message',
  make_confirmation: 'Made the confirmation, HMAC',
  make_update_shares: 'Made key shares for the next epoch',
  derive_next_epoch: 'Derived the keys of the next epoch, HMAC and HKDF',
  make_binder: 'Bound it to the old session, HMAC',
  derive_resumed_keys: 'Derived the session keys from the resumption key and fresh secrets, HMAC and HKDF',
};

const resumptionOperationWords: Partial<Record<OperationName, string>> = {
  make_key_shares: 'Made nonce, key shares and a signing key',
  sign: 'Signed with the old session’s key, Ed25519',
};

/** Work that is not a check, in plain words. */
export function wordsOfOperation(operation: OperationName, beginning: Beginning): string {
  return (beginning === 'resumption' ? resumptionOperationWords[operation] : undefined) ?? operationWords[operation];
}

/** What a message is for. */
export const messagePurpose: Readonly<Record<MessageName, string>> = {
  CLIENT_HELLO: 'Who I am, a secret only you can open, my key shares',
  SERVER_HELLO: 'Who I am, my secret and key shares, proof that I opened yours',
  CLIENT_CONFIRM: 'Proof that I opened yours',
  SESSION_ESTABLISHED: 'Proof that we hold the same keys',
  RESUME_HELLO: 'Our last session, my fresh key shares, proof that I was in it',
  RESUME_ACCEPT: 'My fresh key shares, proof that I was in it too',
  ENVELOPE: 'An encrypted message',
  PROBLEM: 'A refusal',
};
