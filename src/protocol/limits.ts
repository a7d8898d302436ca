/** Every size, number and time of the protocol page. What else is bounded is a choice of the room that bounds it. */
export const limits = {
  /** Bytes of a handshake or registration body (protocol page, section 1). */
  handshakeBody: 32 * 1024,
  /** Bytes of a message body (protocol page, section 1). */
  messageBody: 24 * 1024 * 1024,
  /** Bytes of a plaintext, of what is attached to it, and of the JSON beside that (protocol page, sections 4.1 and 4.2). */
  plaintext: 16 * 1024 * 1024,
  attachment: 15 * 1024 * 1024,
  textBesideAttachment: 1024 * 1024,
  /** Bytes of one read or write of a stream, and seconds for which a read waits (protocol page, section 4.3). */
  streamPart: 1024 * 1024,
  streamWait: 20,
  /** Characters of a stream's media type and name (protocol page, section 4.3). */
  mediaType: 127,
  streamName: 255,
  /** Seconds for which a stream is kept without a read or write, unless its owner announces more, and at most (protocol page, section 4.3). */
  streamIdle: 120,
  streamKept: 86_400,
  /** Bytes that a stream may buffer by itself, and those of one peer and of all together beyond that (protocol page, section 4.3). */
  streamBuffer: 256 * 1024,
  streamBuffersOfPeer: 16 * 1024 * 1024,
  streamBuffers: 256 * 1024 * 1024,
  /** Streams that one peer has, and all together (protocol page, section 4.3). */
  streamsOfPeer: 64,
  streams: 1_024,
  /** Seconds for which a CANCEL is remembered, and how many of one peer (protocol page, section 4.3). */
  cancelMemory: 300,
  cancelsOfPeer: 1_000,
  /** Seconds after which a request is answered PENDING (protocol page, section 4.3). */
  pendingAfter: 20,
  /** Bytes of an attachment that is kept with its answer (protocol page, section 4.2). */
  storedAttachment: 1024 * 1024,
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
  /** Bytes of the header of a binary envelope, and of a plaintext from which on that form is sent (protocol page, section 4.1). */
  envelopeHeader: 1_024,
  binaryFrom: 4 * 1024,
  /** Levels and members of an envelope (protocol page, section 1). */
  envelopeDepth: 2,
  envelopeMembers: 16,
  /** Levels of a hello, and its tokens outside `extensions` (protocol page, section 1). */
  handshakeDepth: 6,
  handshakeTokens: 256,
  /** Characters of a `request_id` and a `method` (protocol page, section 1). */
  nameLength: 128,
  /** Bytes of a payload's nonce, at least and at most (protocol page, section 1). */
  leastPayloadNonce: 16,
  mostPayloadNonce: 64,
  /** Messages and seconds after which a session's keys are due to be updated (protocol page, section 4). */
  updateAfterMessages: 1_000,
  updateAfterSeconds: 600,
  /** Seconds for which an epoch is accepted after the next has begun, and a session after it was resumed (protocol page, sections 4 and 5). */
  oldKeys: 30,
  /** Seconds for which a request_id is remembered, and how many of one peer (protocol page, section 4). */
  requestMemory: 24 * 3_600,
  requestsOfPeer: 10_000,
  /** Seconds for which the session of a peer that resumes at the same moment is waited for (protocol page, section 5). */
  resumptionTurn: 10,
  /** Seconds a certificate lives (protocol page, section 2). */
  certificateLifetime: 30 * 86_400,
  /** Seconds a registration under way lives (protocol page, section 6). */
  registration: 60,
  /** Unexpired pairs of certificates that an agent has at most (protocol page, section 6). */
  certificatePairs: 4,
  /** Seconds a revoked serial stays on the list after it has expired (protocol page, section 6). */
  listedAfterExpiry: 31 * 86_400,
  /** Agents of a page of the directory when the caller does not say, and at most (protocol page, section 6). */
  usualPage: 100,
  longestPage: 500,
} as const;
