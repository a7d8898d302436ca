import { limits } from '../../protocol/wire/limits.ts';

/** What a relay holds at most. A server may be given others. */
export interface RelayLimits {
  /** Requests under way to one agent. */
  readonly requestsPerAgent: number;
  /** Bytes of requests and answers under way in the whole server. */
  readonly bytesUnderWay: number;
  /** Bytes that may wait for one slow connection. */
  readonly bytesWaiting: number;
  /** Milliseconds an agent may take to answer: a person has a minute. */
  readonly answerMs: number;
  /** Milliseconds a request waits for an agent that has just lost its connection. */
  readonly graceMs: number;
  /** Connections that have not proved whose they are, from everywhere. */
  readonly unproven: number;
  /** Agents connected at once. */
  readonly agents: number;
  /** Milliseconds between signs of life. */
  readonly heartbeatMs: number;
}

export const standardRelayLimits: RelayLimits = {
  requestsPerAgent: 64,
  bytesUnderWay: 256 * 1024 * 1024,
  bytesWaiting: 64 * 1024 * 1024,
  answerMs: 100_000,
  graceMs: 3_000,
  unproven: 500,
  agents: 50_000,
  heartbeatMs: 15_000,
};

/** Milliseconds a connection may take to prove whose it is. */
export const provingMs = 10_000;
/** Bytes a connection may send before it has. */
export const provingBytes = 16 * 1024;
/** Bytes of one frame: the largest body, and its header. */
export const frameBytes = limits.messageBody + 128 * 1024;
