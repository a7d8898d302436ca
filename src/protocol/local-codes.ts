/**
 * Every code that only the local side can find. None of them is ever sent, and none is taken from another party: the `status` is
 * for faces that show one.
 */
export const localCodes = {
  /**
   * The peer’s confirmation of the handshake does not verify: both sides do not hold the same keys.
   * Retry: yes, once; then something alters the messages. From: handshake.
   */
  confirmation_failed: { status: 401, title: 'The confirmation does not verify' },
  /**
   * The Controller does not answer, or what answers is no Controller. The detail says which.
   * Retry: later; check `server` and the connection. From: network.
   */
  controller_unreachable: { status: 502, title: 'The Controller cannot be reached' },
  /**
   * The TLS certificate of a server or agent is not trusted: self-signed, of an unknown CA, expired, or for another host.
   * The detail says which, and `cause` is the error of Node. Nothing was sent.
   * Retry: no; trust the certificate, or correct it. From: network.
   */
  tls_untrusted: { status: 495, title: 'The TLS certificate is not trusted' },
  /**
   * The peer’s address gave an answer that is no message of the protocol.
   * Retry: no; check what answers there, such as a proxy. From: network.
   */
  invalid_answer: { status: 502, title: 'The answer is not one this protocol knows' },
  /**
   * The peer’s signing key is not the one that was verified. Nothing is sent.
   * Retry: no; compare the safety number again. From: trust.
   */
  peer_key_changed: { status: 495, title: 'The peer’s signing key is not the one you verified' },
  /**
   * The Controller shows another CA than the pinned one. Nothing is sent.
   * Retry: no; ask the operator. From: trust.
   */
  ca_changed: { status: 495, title: 'The Controller shows another CA than the one this agent pinned' },
  /**
   * This device’s clock differs from the Controller’s by more than 5 minutes.
   * Retry: no; set the clock. From: trust.
   */
  clock_wrong: { status: 409, title: 'The clock of this device is wrong' },
  /**
   * Another tab or process has this agent open.
   * Retry: later, once it is closed there. From: storage.
   */
  agent_in_use: { status: 423, title: 'This agent is open in another tab' },
  /**
   * The agent is not ready: it is starting, or it was stopped.
   * Retry: later, once it is ready. From: agent.
   */
  not_registered: { status: 409, title: 'This agent is not registered yet' },
  /**
   * The page was left, or cannot send or receive messages.
   * Retry: yes, once the page is shown again. From: browser.
   */
  network_unavailable: { status: 503, title: 'This page cannot send or receive messages' },
  /**
   * The disk or the browser’s storage could not be read or written.
   * Retry: no; the detail names the cause. From: storage.
   */
  storage_failed: { status: 507, title: 'The data could not be stored' },
  /**
   * There is no room for more.
   * Retry: no; free some space. From: storage.
   */
  storage_full: { status: 507, title: 'There is no room to store more' },
  /**
   * The browser lets this site store nothing.
   * Retry: no; allow site data. From: storage.
   */
  storage_blocked: { status: 507, title: 'This browser stores nothing for this site' },
  /**
   * The site’s data was deleted, and the agent’s keys with it.
   * Retry: no; open another agent. From: storage.
   */
  storage_cleared: { status: 507, title: 'The stored data of this agent was deleted' },
  /**
   * A part of the code could not be loaded.
   * Retry: yes; reload the page. From: browser.
   */
  part_unavailable: { status: 503, title: 'A part of Parley could not be loaded' },
  /**
   * Too many requests of this agent wait to be sent.
   * Retry: later, once some are answered. From: agent.
   */
  queue_full: { status: 503, title: 'Too many requests wait to be sent' },
  /**
   * The given `timeout` ran out. A request that went out may run.
   * Retry: yes, with the same `requestId`. From: agent.
   */
  timed_out: { status: 504, title: 'The time given for this is over' },
  /**
   * The agent was closed.
   * Retry: no; open it again. From: agent.
   */
  agent_closed: { status: 410, title: 'This agent is closed' },
  /**
   * An agent was asked to talk to itself.
   * Retry: no; name another agent. From: agent.
   */
  own_agent: { status: 422, title: 'An agent cannot be its own peer' },
  /**
   * Members of the group read another history than this agent. Nothing is sent until its owner decides.
   * Retry: no; look at who agrees, then go on or leave. From: groups.
   */
  group_forked: { status: 409, title: 'The group’s history differs between its members' },
  /**
   * This agent can no longer follow the group. It has asked the members to take it in again.
   * Retry: later, once a member has answered. From: groups.
   */
  group_stranded: { status: 409, title: 'This agent has to be taken into the group again' },
  /**
   * A member’s certificate is expired or revoked, or its key is not the one that was verified. Nothing is sent until it is removed or mended.
   * Retry: later; Parley removes revoked members by itself. From: groups.
   */
  member_not_trusted: { status: 495, title: 'A member of the group is not trusted' },
  /**
   * The delivery service does not answer.
   * Retry: later; what was stored here is sent by itself. From: groups.
   */
  delivery_unreachable: { status: 502, title: 'The delivery service cannot be reached' },
  /**
   * This agent knows no file of this id: it was taken from the list, or never offered.
   * Retry: no. From: files.
   */
  unknown_file: { status: 404, title: 'There is no such file' },
  /**
   * A value that was given cannot be used. The detail names it, such as `parameters.items[3].when`.
   * Retry: no; correct it. From: agent.
   */
  invalid_input: { status: 422, title: 'The input cannot be used' },
} as const satisfies Record<string, { status: number; title: string }>;
