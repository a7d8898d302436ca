import type { CheckName, MessageName, OperationName } from '../protocol/trace/events.ts';
import { type Beginning, isOfResumption } from './beginning.ts';

/** One sentence: what just happened, and what would be missing without it. `{me}`, `{peer}` and `{message}` stand for names. */
type Lesson = string;

interface Lessons {
  readonly full: Lesson;
  /** Where it means something else in a resumption. */
  readonly resumed?: Lesson;
}

/** What a message does for the handshake; `{me}` sends it. */
export const messageLessons: Readonly<Record<MessageName, Lesson>> = {
  CLIENT_HELLO:
    '{me} sent its certificates, key shares and a secret that only {peer} can open; without it, {peer} would not know who calls.',
  SERVER_HELLO:
    '{me} answered with its certificates, key shares, secret and challenge; without it, {peer} could not tell who answered.',
  CLIENT_CONFIRM: '{me} proved that it opened {peer}’s secret; without it, {peer} could be talking to a recording.',
  SESSION_ESTABLISHED:
    '{me} confirmed the whole handshake under the new keys; without it, {peer} would not know that both hold the same keys.',
  RESUME_HELLO:
    '{me} named the old session, proved that it was in it and sent fresh shares; without it, a full handshake would follow.',
  RESUME_ACCEPT:
    '{me} proved that it was in the old session, too, and sent its shares; without it, anybody could answer {peer}.',
  ENVELOPE: '{me} sent an encrypted, signed message; without tag and signature, {peer} could not trust a byte of it.',
  PROBLEM: '{me} refused and said why; without this answer, {peer} would wait for nothing.',
};

/** What a check that passed rules out; `{me}` made it, on the `{message}` of `{peer}`. */
const checkLessons: Readonly<Record<CheckName, Lessons>> = {
  shape: {
    full: '{me} found every member of the {message} in place; without this check, malformed input would reach the code that follows.',
  },
  recipient: {
    full: 'The {message} names {me} and its current key; without this check, a message for another agent could be redirected here.',
  },
  timestamp: {
    full: 'The {message} is at most 300 seconds old; without this check, an old recording of it would be accepted.',
  },
  nonce: {
    full: '{me} has never seen this nonce; without this check, a copy of a fresh {message} would be accepted a second time.',
  },
  session_id: {
    full: 'The session id fits this handshake; without this check, a message could be moved here from another handshake.',
  },
  room: {
    full: '{me} has room for one more session; without this check, a flood of hellos would use up its private-key operations.',
    resumed:
      '{me} has room for one more session; without this check, a flood of hellos would use up its key exchanges.',
  },
  certificate: {
    full: 'The Controller signed {peer}’s certificates and has not revoked them; without this check, anybody could make keys in its name.',
    resumed:
      '{peer}’s certificates are still not revoked; without this check, a revoked agent could resume its old sessions.',
  },
  identity: {
    full: 'The certificates are {peer}’s own; without this check, genuine certificates of another agent would be enough.',
  },
  signature: {
    full: 'The signature verifies under {peer}’s key; without this check, anybody on the line could write or change the {message}.',
    resumed:
      'The signature is by {peer}’s key of the old session; without this check, a stolen resumption key would be enough.',
  },
  key_exchange: {
    full: 'RSA-OAEP, X25519 and ML-KEM-768 each gave {me} a secret; without all three, breaking one method would open the session.',
    resumed:
      'X25519 and ML-KEM-768 gave {me} fresh secrets; without them, a stolen resumption key would open this session.',
  },
  challenge: {
    full: '{peer} holds its private key now, as its challenge shows; without this check, a copy of its certificates would be enough.',
  },
  confirmation: {
    full: '{peer}’s confirmation fits every byte of the handshake; without this check, a change on the way could stay unnoticed.',
  },
  session: {
    full: 'The session is alive; without this check, a closed or expired session would go on accepting messages.',
  },
  sender: { full: '{peer} is named as the sender; without this check, another agent could speak in this session.' },
  epoch: { full: 'The message uses keys of a current epoch; without this check, replaced keys would stay in use.' },
  sequence: { full: 'The number was never seen; without this check, a recorded message would be accepted again.' },
  decryption: {
    full: 'The message decrypts and its tag verifies; without the tag, a changed text would be read as {peer}’s.',
  },
  resumption: {
    full: '{me} holds an unused record of that session with {peer}; without this check, a copied hello would resume it again.',
  },
  binder: {
    full: 'The binder verifies under the old session’s resumption key; without this check, anybody could claim to continue that session.',
  },
};

/** What an operation is needed for; `{me}` did it. */
const operationLessons: Readonly<Record<OperationName, Lessons>> = {
  fetch_revocation_list: {
    full: '{me} has a current revocation list; without it, an agent whose key was stolen would still be trusted.',
  },
  look_up_peer: {
    full: '{me} asked the directory for {peer}’s address and certificates; without them, it could not encrypt for {peer} alone.',
  },
  reserve_session: {
    full: '{me} reserved the session id and a place; without this, two handshakes could claim the same session.',
  },
  use_up_resumption: {
    full: '{me} used up its record of the old session; without this, the same session could be resumed twice.',
  },
  make_key_shares: {
    full: '{me} made a fresh nonce, session key and key shares; without fresh ones, one stolen key would open every session.',
    resumed:
      '{me} made a fresh nonce, key shares and signing key; without fresh ones, stolen old secrets would open this session.',
  },
  encrypt_session_key: {
    full: '{me} encrypted its session key to {peer}’s RSA key; without this, the keys would not depend on {peer}’s certificate.',
  },
  open_session_key: {
    full: '{me} opened {peer}’s session key with its RSA key; without that private key, an impostor stops here.',
  },
  agree_x25519: {
    full: '{me} agreed on a secret by X25519; without it, forward secrecy would rest on ML-KEM-768 alone.',
    resumed: '{me} agreed on a fresh secret by X25519; without it, forward secrecy would rest on ML-KEM-768 alone.',
  },
  encapsulate: {
    full: '{me} sealed a secret to {peer}’s ML-KEM-768 key; without it, a later quantum computer could open the recorded session.',
  },
  decapsulate: {
    full: '{me} opened the secret sealed by ML-KEM-768; without it, a later quantum computer could open the recorded session.',
  },
  derive_handshake_keys: {
    full: '{me} derived the handshake keys from all four secrets; without them, the challenges would prove nothing.',
  },
  derive_session_keys: {
    full: '{me} derived the session’s keys from secrets and transcript; without the transcript, sides that saw different messages would still agree.',
  },
  store_nonce: {
    full: '{me} stored {peer}’s nonce; without this, a copy of the message would be accepted after a restart.',
  },
  sign: {
    full: '{me} signed with its RSA key; without the signature, anybody could write this message in its name.',
    resumed: '{me} signed with its key of the old session; without this, the resumption key alone would be enough.',
  },
  encrypt_challenge: {
    full: '{me} encrypted {peer}’s nonce under the handshake keys; without it, {peer} could not tell that {me} derived them.',
  },
  encrypt_message: {
    full: '{me} encrypted and signed a message; without this, whoever is on the line could read or replace it.',
  },
  make_confirmation: {
    full: '{me} made an HMAC over the whole handshake; without it, {peer} would not know that both hold the same keys.',
  },
  make_update_shares: {
    full: '{me} made fresh key shares for the next epoch; without them, stolen keys would open all later messages.',
  },
  derive_next_epoch: {
    full: '{me} derived the keys of the next epoch; without them, the old keys would have to stay in use.',
  },
  make_binder: {
    full: '{me} bound the message to the old session by an HMAC; without it, anybody could claim to continue that session.',
  },
  derive_resumed_keys: {
    full: '{me} derived the session’s keys from the resumption key and fresh secrets; without the fresh ones, forward secrecy would be lost.',
  },
};

/** Returns what a check that passed on the message `of` rules out. */
export function lessonOfCheck(check: CheckName, of: MessageName): Lesson {
  const { full, resumed } = checkLessons[check];
  return (isOfResumption(of) ? resumed : undefined) ?? full;
}

/** Returns what an operation is needed for. */
export function lessonOfOperation(operation: OperationName, beginning: Beginning): Lesson {
  const { full, resumed } = operationLessons[operation];
  return (beginning === 'resumption' ? resumed : undefined) ?? full;
}
