import type { AgentId, Bytes, SessionId, TranscriptHash } from '../bytes.ts';
import type { Ed25519VerifyKey } from '../crypto/ed25519.ts';
import type { Extensions } from '../wire/extensions.ts';
import type { PeerIdentity } from './identity.ts';
import type { Role, SessionKeys } from './key-schedule.ts';

/** What a handshake or a resumption that succeeded hands over to the session. Times are Unix seconds. */
export interface Established {
  readonly id: SessionId;
  readonly role: Role;
  readonly self: AgentId;
  readonly peer: PeerIdentity;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly keys: SessionKeys;
  /** th3, or tr of a resumed session (protocol page, sections 3 and 5); the salt of epoch 0. */
  readonly transcript: TranscriptHash;
  /** This side's Ed25519 private key of the session. */
  readonly signingKey: CryptoKey;
  /** The peer's Ed25519 public key of the session. */
  readonly peerSigningKey: Ed25519VerifyKey;
  /** The same key, 32 bytes. */
  readonly peerSigningPublic: Bytes;
  readonly keyFingerprint: string;
  /** What the peer's hello of this session says that it can take in; undefined when it said nothing. */
  readonly peerExtensions: Extensions | undefined;
}

/** A step's outcome: the state that waits for the answer, and what to send. */
export interface HandshakeStep<State> {
  readonly state: State;
  /** The body to send, JSON in UTF-8. */
  readonly body: Bytes;
}
