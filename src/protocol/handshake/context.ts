import type { Bytes, CertificateFingerprint, Nonce, ResumptionId, SessionId } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import type { Observer } from '../trace/events.ts';
import type { PeerIdentity, VerifyCertificates } from './identity.ts';

/** What both sides of a handshake are handed. */
export interface HandshakeContext {
  readonly environment: Environment;
  readonly observe: Observer;
  readonly verifyCertificates: VerifyCertificates;
  readonly memory: HandshakeMemory;
}

/** Under what a nonce is kept: the signing certificate of a hello, or the id of what is resumed. */
export type NonceOwner = CertificateFingerprint | ResumptionId;

/** What an agent remembers of handshakes: seen nonces, used session ids, and how much room there is. */
export interface HandshakeMemory {
  /** Looks a nonce up; changes nothing. */
  hasNonce(owner: NonceOwner, nonce: Nonce): boolean;
  /** Looks a session id up among those alive, ended and dead; changes nothing. */
  hasSession(sessionId: SessionId): boolean;
  /**
   * Throws `session_limit_reached` when a hello cannot be taken now, whoever has sent it. `claimed` is the signing certificate that it
   * shows, DER: unsigned as yet, it takes and frees nothing.
   */
  requireRoom(claimed: Bytes | undefined): void | Promise<void>;
  /**
   * Records a nonce whose hello's signature has verified, durably, before it resolves; it is found from the call on. Rejects with
   * `replayed_nonce` when another copy was faster, and with `rate_limited` when there are too many hellos of `peer`, whose hello it is.
   */
  recordNonce(owner: NonceOwner, nonce: Nonce, peer?: PeerIdentity): Promise<void>;
  /**
   * Takes a session id, and a place for its session, for a hello that this side made, or one of `peer` whose signature has verified.
   * Throws `session_conflict` when the id is taken already, `session_limit_reached` when there is no place left, or none of the
   * peer's share.
   */
  reserveSession(sessionId: SessionId, peer?: PeerIdentity): void | Promise<void>;
}
