import type { ErrorCode } from '../../../protocol/errors.ts';
import type { Beginning } from '../../../recording/beginning.ts';

const again = 'Connect again; if it repeats, somebody on the network may be altering messages.';

const advice: Partial<Record<ErrorCode, string>> = {
  malformed_message: 'Check that both sides run the same version of Parley.',
  message_too_large: 'Check that both sides run the same version of Parley.',
  unsupported_protocol: 'Update the older of the two agents.',
  wrong_recipient: 'Look the peer up in the directory again: another agent answers at this address.',
  stale_recipient_key: 'Connect again: the peer has renewed its keys.',
  stale_timestamp: 'Set the clocks of both machines, then connect again.',
  replayed_nonce: 'Connect again. If you did not send it twice, somebody replayed a recording.',
  session_conflict: 'Connect again: every handshake needs a new session_id.',
  session_limit_reached: 'Wait a minute, or close sessions at the peer.',
  rate_limited: 'Wait a minute, then connect again.',
  certificate_untrusted: 'Stop: this certificate is not from the Controller you pinned.',
  certificate_expired: 'The agent it belongs to has to renew its certificate.',
  certificate_revoked: 'Stop: this identity was revoked. Ask its owner over another channel (a call, in person).',
  revocation_status_unknown: 'Connect again once the Controller can be reached.',
  identity_mismatch: 'Stop: the peer is not the agent that it claims to be.',
  signature_invalid: again,
  key_exchange_failed: again,
  challenge_failed: again,
  confirmation_failed: again,
  peer_key_changed:
    'Wait: ask the peer’s owner over another channel (a call, in person), compare the new number, then decide.',
  peer_unreachable: 'Open the peer’s tab, then connect again.',
  controller_unreachable: 'Connect again once the Controller can be reached.',
  invalid_answer: 'Check the peer’s address in the directory.',
};

/** Ends of a resumption after which no full handshake can take its place. */
const final: readonly ErrorCode[] = ['certificate_revoked', 'peer_key_changed', 'session_limit_reached'];

/** Returns what a person can do about a handshake or a resumption that ended with `code`, in one sentence. */
export function refusalAdvice(code: ErrorCode, beginning: Beginning): string {
  if (beginning === 'resumption' && !final.includes(code)) {
    return 'Nothing is lost: a full handshake follows automatically and makes a separate session.';
  }
  return advice[code] ?? 'Nothing was established and nothing was lost. Connect again.';
}
