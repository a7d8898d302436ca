import type { RevocationReason } from '../pki/revocation-reason.ts';
import type { AgentId, Bytes } from '../protocol/bytes.ts';
import type { CertificatePair } from '../protocol/handshake/identity.ts';

/** The CA's key and certificate (DER). */
export interface StoredAuthority {
  readonly signingKey: CryptoKey;
  readonly certificate: Bytes;
}

/** An agent that registered. Times are in Unix seconds. */
export interface AgentRecord {
  readonly agentId: AgentId;
  readonly address: string;
  /** SPKI DER of the key that the agent_id belongs to. */
  readonly signingSpki: Bytes;
  /** The newest pair. */
  readonly certificates: CertificatePair;
  /** Every certificate ever issued to the agent. Serials in lowercase hex. */
  readonly issued: readonly { readonly serial: string; readonly notAfter: number }[];
  readonly revoked?: { readonly at: number; readonly reason: RevocationReason };
}

/** A registration that waits for the proof of the encryption key. */
export interface PendingRegistration {
  readonly id: string;
  readonly agentId: AgentId;
  readonly address: string;
  readonly signingSpki: Bytes;
  readonly encryptionSpki: Bytes;
  /** SHA-256 of the one right challenge_response. */
  readonly responseHash: Bytes;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** A signed CRL, DER. Times are in Unix seconds. */
export interface StoredList {
  readonly number: number;
  readonly der: Bytes;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/** Where the CA is kept. Each call rejects with `storage_failed`. */
export interface AuthorityStore {
  /** True when a new CA's key must be extractable once, because the store writes it to a file. */
  readonly keepsKeyAsFile: boolean;
  /** The signing key of what is loaded is never extractable. */
  loadAuthority(): Promise<StoredAuthority | undefined>;
  /** Keeps `candidate` unless there is an authority already; the one that is kept, its key not extractable. */
  keepAuthority(candidate: StoredAuthority): Promise<StoredAuthority>;
}

/** Where the Controller keeps what it must not forget. Each call is one transaction and rejects with `storage_failed`. */
export interface ControllerStore extends AuthorityStore {
  agent(agentId: string): Promise<AgentRecord | undefined>;
  /** Every agent, by agent_id. */
  agents(): Promise<readonly AgentRecord[]>;
  /** Replaces an agent's record by what `change` makes of it. What `change` throws is passed on, and nothing is written. */
  updateAgent(agentId: string, change: (current: AgentRecord | undefined) => AgentRecord): Promise<void>;

  addRegistration(registration: PendingRegistration): Promise<void>;
  /** Removes and returns a registration: nobody gets it twice. */
  takeRegistration(id: string): Promise<PendingRegistration | undefined>;
  /** Drops registrations that ended before `now` (Unix seconds); how many are left. */
  dropRegistrations(now: number): Promise<number>;

  /** A number that no earlier call returned, larger than all of them; the first is 1. */
  nextListNumber(): Promise<number>;
  loadList(): Promise<StoredList | undefined>;
  /** Keeps `list` unless one of a higher number is kept. */
  keepList(list: StoredList): Promise<void>;
}
