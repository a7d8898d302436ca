/** The sizes and times of the protocol page. */
export const limits = {
  /** Bytes of a handshake or registration body (protocol page, section 1). */
  handshakeBody: 32 * 1024,
  /** Bytes of a message body (protocol page, section 1). */
  messageBody: 24 * 1024 * 1024,
  /** Levels of nested objects and arrays (protocol page, section 1). */
  jsonDepth: 16,
  /** Seconds a timestamp may be away from this clock (protocol page, section 3). */
  freshness: 300,
  /** Seconds a seen nonce is kept: twice the freshness window (protocol page, section 3). */
  nonceMemory: 600,
  /** Seconds a half-open handshake lives (protocol page, section 3). */
  halfOpen: 30,
  /** Sessions an agent holds unless configured otherwise (protocol page, section 3). */
  sessions: 1_000,
  /** Half-open handshakes an agent holds unless configured otherwise (protocol page, section 3). */
  halfOpenHandshakes: 200,
  /** Sessions and half-open handshakes that one peer's signing key may have of these (protocol page, section 3). */
  sessionsPerPeer: 20,
  halfOpenPerPeer: 8,
  /** Seconds a session lives (protocol page, section 4). */
  sessionLifetime: 3_600,
  /** Seconds for which a session can be resumed (protocol page, section 5). */
  resumptionLifetime: 24 * 3_600,
  /** Sequence numbers the replay window spans (protocol page, section 4). */
  replayWindow: 1_024,
} as const;
