import { limits } from '../../protocol/limits.ts';
import { partBytes } from '../client/parts.ts';

/** Numbers from 0 to 1. */
export interface ShareOfAddress {
  readonly requests: number;
  readonly bytes: number;
  readonly frames: number;
  readonly connections: number;
}

/** What a relay holds at most. A server may be given others. */
export interface RelayLimits {
  /** Messages under way to one agent. */
  readonly requestsPerAgent: number;
  /** Handshakes under way to one agent, beside its messages. */
  readonly handshakesPerAgent: number;
  /** Bytes of requests and answers under way in the whole server. */
  readonly bytesUnderWay: number;
  /** Bytes that may wait for one slow connection. */
  readonly bytesWaiting: number;
  /** Milliseconds in which at least 16 KiB of a body have to come; three times as many, in which they have to be taken. */
  readonly progressMs: number;
  /** Milliseconds an agent may take to answer: a person has a minute. */
  readonly answerMs: number;
  /** Milliseconds a request waits for an agent that has just lost its connection. */
  readonly graceMs: number;
  /** Connections that have not proved whose they are, from everywhere. */
  readonly unproven: number;
  /** Agents connected at once. */
  readonly agents: number;
  /** Parts of each that one address may have: places at an agent, bytes of bodies and of begun frames, connections. */
  readonly shareOfAddress: ShareOfAddress;
  /** Milliseconds between signs of life. */
  readonly heartbeatMs: number;
}

export const standardRelayLimits: RelayLimits = {
  requestsPerAgent: 128,
  handshakesPerAgent: 32,
  bytesUnderWay: 256 * 1024 * 1024,
  bytesWaiting: 64 * 1024 * 1024,
  progressMs: 10_000,
  answerMs: 100_000,
  graceMs: 3_000,
  unproven: 500,
  agents: 50_000,
  shareOfAddress: { requests: 1 / 2, bytes: 1 / 4, frames: 1 / 2, connections: 1 / 5 },
  heartbeatMs: 15_000,
};

/** Milliseconds a connection may take to prove whose it is. */
export const provingMs = 10_000;
/** Bytes a connection may send before it has. */
export const provingBytes = 16 * 1024;
/** Bytes of one frame: a part of a body and its header; of an agent of before, the largest body and its header. */
export const frameBytes = partBytes + 96 * 1024;
export const wholeFrameBytes = limits.messageBody + 128 * 1024;
