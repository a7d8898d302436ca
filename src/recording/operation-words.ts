import type { OperationName } from '../protocol/trace/events.ts';
import type { Beginning } from './beginning.ts';

interface OperationWords {
  /** What a screen says was done. */
  readonly done: string;
  /** The line of a log. */
  readonly logged: string;
  /** What was done, where it means something else in a resumption. */
  readonly resumed?: string;
}

/** The dictionary of the work that is no check: each operation has one row, which holds every wording of it. */
export const operationWords: Readonly<Record<OperationName, OperationWords>> = {
  fetch_revocation_list: { done: 'Had a current revocation list', logged: 'Revocation list available' },
  look_up_peer: { done: 'Looked the peer up in the directory', logged: 'Peer looked up' },
  reserve_session: { done: 'Reserved the session id and a place', logged: 'Session reserved' },
  use_up_resumption: { done: 'Used up the record of the old session', logged: 'Resumption used up' },
  make_key_shares: {
    done: 'Made nonce, session key and key shares',
    logged: 'Key shares made',
    resumed: 'Made nonce, key shares and a signing key',
  },
  encrypt_session_key: {
    done: 'Encrypted the session key to the peer, RSA-OAEP',
    logged: 'Session key encrypted',
  },
  open_session_key: { done: 'Opened the peer’s session key, RSA-OAEP', logged: 'Peer’s session key opened' },
  agree_x25519: { done: 'Agreed on a secret, X25519', logged: 'X25519 secret agreed' },
  encapsulate: { done: 'Made a secret and sealed it, ML-KEM-768', logged: 'ML-KEM secret made' },
  decapsulate: { done: 'Opened the sealed secret, ML-KEM-768', logged: 'ML-KEM secret opened' },
  derive_handshake_keys: { done: 'Derived the handshake keys, HKDF', logged: 'Handshake keys derived' },
  derive_session_keys: { done: 'Derived the session keys, HKDF', logged: 'Session keys derived' },
  store_nonce: { done: 'Stored the peer’s nonce, which is accepted once', logged: 'Nonce stored' },
  sign: {
    done: 'Signed, RSA-PSS',
    logged: 'Message signed',
    resumed: 'Signed with the old session’s key, Ed25519',
  },
  encrypt_challenge: { done: 'Encrypted the peer’s nonce, AES-256-GCM', logged: 'Challenge encrypted' },
  encrypt_message: { done: 'Encrypted and signed a message', logged: 'Message encrypted' },
  make_confirmation: { done: 'Made the confirmation, HMAC', logged: 'Confirmation made' },
  make_update_shares: {
    done: 'Made key shares for the next epoch',
    logged: 'Key shares for the next epoch made',
  },
  derive_next_epoch: {
    done: 'Derived the keys of the next epoch, HMAC and HKDF',
    logged: 'Keys of the next epoch derived',
  },
  make_binder: { done: 'Bound it to the old session, HMAC', logged: 'Binder made' },
  derive_resumed_keys: {
    done: 'Derived the session keys from the resumption key and fresh secrets, HMAC and HKDF',
    logged: 'Session keys derived from the resumption',
  },
};

/** Returns work that is no check in plain words. */
export function wordsOfOperation(operation: OperationName, beginning: Beginning): string {
  const { done, resumed } = operationWords[operation];
  return (beginning === 'resumption' ? resumed : undefined) ?? done;
}
