/**
 * Every code that one party tells another: in problem+json, in the `error` of a RESPONSE, or in a relay's refusal. The codes and
 * their HTTP statuses are those of the protocol page, sections 3, 4 and 6; the last lines are those of the relay and the server.
 */
export const wireCodes = {
  /**
   * The message breaks a rule of its shape, size or encoding.
   * Retry: no; the sender’s program is wrong. From: peer, Controller, relay.
   */
  malformed_message: { status: 400, title: 'The message is not well formed' },
  /**
   * The body is over its limit: 32 KiB for a handshake, 24 MiB for a message.
   * Retry: no; send less at once. From: peer, Controller, relay, this agent.
   */
  message_too_large: { status: 413, title: 'The message is too large' },
  /**
   * The other side speaks another protocol than `parley/1`.
   * Retry: no; update the older side. From: peer.
   */
  unsupported_protocol: { status: 400, title: 'The protocol version is not supported' },
  /**
   * The message reached another agent or Controller than the one that it names.
   * Retry: no; correct the address or the proxy in between. From: peer, Controller, relay.
   */
  wrong_recipient: { status: 421, title: 'This message is meant for another agent' },
  /**
   * The peer has a new encryption key, and the directory’s entry was an old one.
   * Retry: yes; Parley asks the directory again by itself. From: peer.
   */
  stale_recipient_key: { status: 409, title: 'It was encrypted to a key this agent no longer uses' },
  /**
   * The message is not of this time, or the request is so old that nobody can tell whether it ran.
   * Retry: no; correct the clock, or send the request as a new one. From: peer, Controller, this agent.
   */
  stale_timestamp: { status: 401, title: 'The timestamp is outside the freshness window' },
  /**
   * The same hello or registration was received before.
   * Retry: yes, with a new message. From: peer, Controller.
   */
  replayed_nonce: { status: 409, title: 'This nonce has been seen before' },
  /**
   * The session id was used before, or its handshake is over.
   * Retry: yes; Parley starts another handshake. From: peer.
   */
  session_conflict: { status: 409, title: 'This session id has been used before' },
  /**
   * The peer holds as many sessions or handshakes as it may.
   * Retry: later, after Retry-After; `send` waits by itself, for 180 s at most. From: peer.
   */
  session_limit_reached: { status: 503, title: 'This agent holds as many sessions as it can' },
  /**
   * The other side gets more requests than its limit. Nothing ran.
   * Retry: later, after Retry-After; `send` waits by itself, for 180 s at most, unless the peer already runs 256 requests of
   * this agent. From: peer, Controller, relay, server.
   */
  rate_limited: { status: 429, title: 'Too many requests' },
  /**
   * The agent certificate is not issued by the pinned Controller for this use. A TLS certificate is `tls_untrusted`.
   * Retry: no; find out who answers at this address. From: peer, this agent.
   */
  certificate_untrusted: { status: 401, title: 'The certificate is not issued by the pinned Controller for this use' },
  /**
   * The agent certificate is not valid now.
   * Retry: no; the agent renews it, or a clock is wrong. From: peer, this agent.
   */
  certificate_expired: { status: 401, title: 'The certificate is not valid at this time' },
  /**
   * The certificate is on the revocation list.
   * Retry: no. From: peer, relay, this agent.
   */
  certificate_revoked: { status: 401, title: 'The certificate has been revoked' },
  /**
   * No current revocation list is available, so a new handshake is refused.
   * Retry: later, once the Controller can be reached. From: peer, this agent.
   */
  revocation_status_unknown: { status: 503, title: 'No current revocation list is available' },
  /**
   * The sender is not the agent that the message or the certificate names.
   * Retry: no. From: peer, this agent.
   */
  identity_mismatch: { status: 401, title: 'The sender is not who the message says' },
  /**
   * A signature does not verify.
   * Retry: no; something altered the message, or the keys differ. From: peer, Controller, relay, this agent.
   */
  signature_invalid: { status: 401, title: 'The signature does not verify' },
  /**
   * A key share or an encrypted key cannot be used.
   * Retry: yes, once; then something alters the messages. From: peer, this agent.
   */
  key_exchange_failed: { status: 401, title: 'The key exchange failed' },
  /**
   * The other side did not prove that it holds its private key.
   * Retry: no. From: peer, Controller, this agent.
   */
  challenge_failed: { status: 401, title: 'The peer did not prove that it holds the key' },
  /**
   * The peer does not know the session: it was restarted, or it forgot it.
   * Retry: yes; Parley makes a new session. From: peer.
   */
  unknown_session: { status: 404, title: 'There is no such session' },
  /**
   * The session is over an hour old.
   * Retry: yes; Parley makes a new session. From: peer, this agent.
   */
  session_expired: { status: 410, title: 'The session has expired' },
  /**
   * One side closed the session.
   * Retry: yes; Parley makes a new session. From: peer, this agent.
   */
  session_closed: { status: 410, title: 'The session is closed' },
  /**
   * The ciphertext does not open under the session’s key.
   * Retry: no; something altered the message. From: peer, this agent.
   */
  decryption_failed: { status: 401, title: 'The message does not decrypt' },
  /**
   * The same envelope was received before. Nothing ran twice.
   * Retry: yes; Parley sends a new envelope. From: peer.
   */
  replayed_message: { status: 409, title: 'This message has been received before' },
  /**
   * The message is under keys that were replaced.
   * Retry: yes; Parley makes a new session. From: peer, this agent.
   */
  unknown_epoch: { status: 409, title: 'The keys of this epoch are gone' },
  /**
   * Both sides began a key update at once.
   * Retry: yes; one of the two stands. From: peer.
   */
  key_update_conflict: { status: 409, title: 'Both sides started a key update' },
  /**
   * The peer has no record of the session to resume.
   * Retry: yes; Parley does a full handshake. From: peer.
   */
  resumption_unknown: { status: 404, title: 'There is nothing to resume' },
  /**
   * The directory has no agent of this name.
   * Retry: no; check the name, or open the agent first. From: Controller, relay.
   */
  unknown_agent: { status: 404, title: 'There is no such agent' },
  /**
   * The name belongs to other keys, which registered it first.
   * Retry: no; use another name, or the folder with its keys. From: Controller.
   */
  agent_id_taken: { status: 409, title: 'This agent_id belongs to another key' },
  /**
   * The registration under way ended after 60 s, or another replaced it.
   * Retry: yes, from its start. From: Controller.
   */
  unknown_registration: { status: 404, title: 'There is no such registration under way' },
  /**
   * Nothing answers at this path.
   * Retry: no; check the URL. From: peer, Controller, server.
   */
  not_found: { status: 404, title: 'There is nothing at this address' },
  /**
   * The call needs a token, or another one: of the operator, of registration, or of the metrics.
   * Retry: no; pass the token. From: Controller, server.
   */
  not_authorized: { status: 401, title: 'This call needs authority that was not shown' },
  /**
   * The peer has no handler for the method.
   * Retry: no; check the method’s name. From: peer’s answer.
   */
  unknown_method: { status: 404, title: 'The agent has no handler of this name' },
  /**
   * The peer’s handler failed, or gave what JSON cannot hold. Its own side sees why.
   * Retry: no; ask the peer’s owner. From: peer’s answer.
   */
  handler_failed: { status: 500, title: 'The handler failed' },
  /**
   * A person at the peer declined the request.
   * Retry: no. From: peer’s answer.
   */
  request_declined: { status: 403, title: 'The person at the other side declined the request' },
  /**
   * The peer cannot store the request, so it did not run.
   * Retry: later. From: peer’s answer.
   */
  cannot_keep: { status: 503, title: 'The agent cannot store the request at the moment' },
  /**
   * The handler took more than 80 s, or no person answered within 60 s.
   * Retry: yes, as a new request, if it may run again. From: peer’s answer.
   */
  answer_timeout: { status: 504, title: 'Nobody answered in time' },
  /**
   * Something unexpected failed. The error’s `cause`, where there is one, says what.
   * Retry: yes, once; then report it. From: peer, Controller, relay, this agent.
   */
  internal_error: { status: 500, title: 'Something went wrong in this agent' },
  /**
   * No answer came from the peer, its relay or the address.
   * Retry: yes, with the same `requestId`: the peer runs a request once. From: relay, this agent.
   */
  peer_unreachable: { status: 502, title: 'The peer cannot be reached' },
  /**
   * No certificate of this hash was ever issued.
   * Retry: no. From: Controller.
   */
  unknown_certificate: { status: 404, title: 'No certificate of this hash was ever issued' },
  /**
   * This peer, page or address may not ask for that.
   * Retry: no. From: peer’s answer, Controller, server.
   */
  not_permitted: { status: 403, title: 'This is not permitted' },
  /**
   * The stream no longer exists.
   * Retry: no. From: peer’s answer.
   */
  stream_gone: { status: 410, title: 'The stream no longer exists' },
  /**
   * The stream does not match its hash.
   * Retry: yes, from its start. From: peer’s answer.
   */
  stream_corrupt: { status: 422, title: 'The stream does not match its hash' },
  /**
   * The stream failed.
   * Retry: yes, from its start. From: peer’s answer.
   */
  stream_failed: { status: 500, title: 'The stream failed' },
  /**
   * The peer holds as many streams as it may.
   * Retry: later. From: peer’s answer.
   */
  stream_limit_reached: { status: 503, title: 'This agent holds as many streams as it can' },
  /**
   * The application, a person or the peer cancelled the request.
   * Retry: only if it is wanted again. From: this agent, peer’s answer.
   */
  cancelled: { status: 409, title: 'The request was cancelled' },
  /**
   * There is no group of this id, or this agent is not in it.
   * Retry: no. From: delivery service, peer’s answer.
   */
  unknown_group: { status: 404, title: 'There is no such group' },
  /**
   * The group has gone on since: a newer commit has to be read first.
   * Retry: yes; Parley reads on and tries again by itself. From: delivery service.
   */
  group_epoch_conflict: { status: 409, title: 'The group has a newer commit' },
  /**
   * The agent has left no KeyPackage, so it cannot be invited at the moment.
   * Retry: later, once it has been open. From: delivery service.
   */
  no_key_package: { status: 404, title: 'This agent cannot be invited at the moment' },
  /**
   * The group has 256 members.
   * Retry: no; make another group. From: delivery service.
   */
  group_full: { status: 409, title: 'The group has as many members as it can' },
  /**
   * What this agent has left for others, or what a group holds, is over its limit until it is read.
   * Retry: later. From: delivery service.
   */
  mailbox_full: { status: 507, title: 'The mailbox is full' },
  /**
   * The other side is starting, stopping or cannot store at the moment.
   * Retry: later, after Retry-After. From: peer, Controller, relay.
   */
  unavailable: { status: 503, title: 'This cannot be done at the moment' },
} as const satisfies Record<string, { status: number; title: string }>;
