import type { AgentId, Bytes, SessionId } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';

/** When certificates are valid, in Unix seconds, both ends included. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** True when a time in Unix seconds is within a validity, or not further away than two clocks may be (`slack`, seconds). */
export function isWithin({ notBefore, notAfter }: Validity, time: number, slack = 0): boolean {
  return time >= notBefore - slack && time <= notAfter + slack;
}

/** The two sides of a session, as its handshake or resumption has proven them. */
export interface KnownSession {
  readonly id: SessionId;
  readonly peerId: AgentId;
  /** The Ed25519 public keys of the session, 32 bytes each. */
  readonly ownKey: Bytes;
  readonly peerKey: Bytes;
  /** When the certificates of both sides are valid, those of the handshake that it began with. Unix seconds. */
  readonly validity: Validity;
}

/** Throws `signature_invalid` with `words`, which say what an entry fails to show, unless it holds. */
export function hold(condition: boolean, words: string): asserts condition {
  if (!condition) throw new ParleyError('signature_invalid', words);
}
