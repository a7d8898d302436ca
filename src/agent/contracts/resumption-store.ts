import type { Bytes } from '../../protocol/bytes.ts';
import type { CertificatePair } from '../../protocol/handshake/identity.ts';

/** What resumes a session once (protocol page, section 5). No key in it can be taken out. */
export interface StoredResumption {
  /** base64 of 16 bytes; it travels once, in RESUME_HELLO. */
  readonly resumptionId: string;
  readonly peerId: string;
  /** The session it follows. */
  readonly sessionId: string;
  /** HMAC-SHA-256, 32 bytes under the label "resumption". */
  readonly key: CryptoKey;
  /** This side's Ed25519 private key of that session. */
  readonly signingKey: CryptoKey;
  /** The peer's Ed25519 public key of that session, 32 bytes. */
  readonly peerSigningKey: Bytes;
  /** The peer's certificates, whose fingerprints are looked up in the newest CRL when it is used. */
  readonly peerCertificates: CertificatePair;
  /** Whether the peer's hello of that session had `extensions`; records of earlier versions do not say. */
  readonly isExtended?: boolean | undefined;
  /** How often in a row the session was resumed already; records of earlier versions do not say. */
  readonly resumed?: number | undefined;
  /** Which side this agent was: the client goes first when both come back at once. */
  readonly role: 'client' | 'server';
  /** Unix seconds. */
  readonly createdAt: number;
  /** Unix seconds; 24 h after `createdAt`. */
  readonly expiresAt: number;
}

/** Where an agent keeps what can be resumed. Every call rejects with `storage_failed` when the storage does. */
export interface ResumptionStore {
  /** Returns every record that has not been used, in no order. */
  loadResumptions(): Promise<readonly StoredResumption[]>;
  /** Keeps `record` and drops the one of `replaces` in one transaction; durable once resolved. */
  saveResumption(record: StoredResumption, replaces?: string): Promise<void>;
  /** Removes a record in one transaction; true for the one call that removed it. */
  takeResumption(resumptionId: string): Promise<boolean>;
}
