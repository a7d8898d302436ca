import type { CheckName, MessageName, OperationName, SecretName, TranscriptName } from '../../protocol/trace/events.ts';

/** Returns the members of a record's type as a list. The compiler wants every name of `T` once. */
function namesOf<T extends string>(all: Readonly<Record<T, true>>): readonly T[] {
  const isName = (name: string): name is T => Object.hasOwn(all, name);
  return Object.keys(all).filter(isName);
}

export const messageNames = namesOf<MessageName>({
  CLIENT_HELLO: true,
  SERVER_HELLO: true,
  CLIENT_CONFIRM: true,
  SESSION_ESTABLISHED: true,
  RESUME_HELLO: true,
  RESUME_ACCEPT: true,
  ENVELOPE: true,
  PROBLEM: true,
});

export const checkNames = namesOf<CheckName>({
  shape: true,
  recipient: true,
  timestamp: true,
  nonce: true,
  session_id: true,
  room: true,
  certificate: true,
  identity: true,
  signature: true,
  key_exchange: true,
  challenge: true,
  confirmation: true,
  session: true,
  sender: true,
  epoch: true,
  sequence: true,
  decryption: true,
  resumption: true,
  binder: true,
});

export const operationNames = namesOf<OperationName>({
  fetch_revocation_list: true,
  look_up_peer: true,
  reserve_session: true,
  use_up_resumption: true,
  make_key_shares: true,
  encrypt_session_key: true,
  open_session_key: true,
  agree_x25519: true,
  encapsulate: true,
  decapsulate: true,
  derive_handshake_keys: true,
  derive_session_keys: true,
  store_nonce: true,
  sign: true,
  encrypt_challenge: true,
  encrypt_message: true,
  make_confirmation: true,
  make_update_shares: true,
  derive_next_epoch: true,
  make_binder: true,
  derive_resumed_keys: true,
});

export const transcriptNames = namesOf<TranscriptName>({
  th0: true,
  th1: true,
  th_keys: true,
  th2: true,
  th3: true,
  tr1: true,
  tr: true,
});

export const secretNames = namesOf<SecretName>({
  resumption_key: true,
  client_session_key: true,
  server_session_key: true,
  x25519_secret: true,
  ml_kem_secret: true,
  client_handshake_key: true,
  server_handshake_key: true,
  client_key: true,
  server_key: true,
  client_iv: true,
  server_iv: true,
  hmac_key: true,
  resumption: true,
  update: true,
  exporter: true,
});
