import type { RevokedSerial } from '../pki/authority.ts';
import type { RevocationReason } from '../pki/revocation-reason.ts';
import type { AgentId, Bytes } from '../protocol/bytes.ts';
import type { CertificatePair } from '../protocol/handshake/identity.ts';

/** The CA's key and certificate (DER). */
export interface StoredAuthority {
  readonly signingKey: CryptoKey;
  readonly certificate: Bytes;
}

/** When and why a certificate was revoked. `at` is in Unix seconds. */
interface Revocation {
  readonly at: number;
  readonly reason: RevocationReason;
}

/** A certificate that an agent was given. */
export interface IssuedCertificate {
  /** Lowercase hex. */
  readonly serial: string;
  /** Unix seconds. */
  readonly notAfter: number;
  /** Present when this certificate was revoked by itself: by a renewal, or with a name that was deleted. */
  readonly revoked?: Revocation;
}

/** An agent that registered. Times are in Unix seconds. */
export interface AgentRecord {
  readonly agentId: AgentId;
  readonly address: string;
  /** SPKI DER of the key that the agent_id belongs to. */
  readonly signingSpki: Bytes;
  /** The newest pair. */
  readonly certificates: CertificatePair;
  /** What a revocation list may have to name: two entries for each pair, the oldest first. */
  readonly issued: readonly IssuedCertificate[];
  /** Present when the agent was revoked, with all its certificates. */
  readonly revoked?: Revocation;
  /** Present when the operator deleted the name: anybody may register it, and `issued` stays until no list names it. */
  readonly deletedAt?: number;
}

/** A certificate that was issued once. */
export interface StoredCertificate {
  /** base64url of the SHA-256 of `der`, without padding. */
  readonly hash: string;
  readonly der: Bytes;
}

/** A registration that waits for the proof of the encryption key. */
export interface PendingRegistration {
  /** `keyId` and 32 hex digits more. */
  readonly id: string;
  /** The first 16 bytes of the SHA-256 of `signingSpki`, in lowercase hex: one key has one registration under way. */
  readonly keyId: string;
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
  /** Loads the CA; the signing key of what is loaded is never extractable. */
  loadAuthority(): Promise<StoredAuthority | undefined>;
  /** Keeps `candidate` unless there is an authority already; the one that is kept, its key not extractable. */
  keepAuthority(candidate: StoredAuthority): Promise<StoredAuthority>;
}

/** Where the Controller keeps what it must not forget. Each call is one transaction and rejects with `storage_failed`. */
export interface ControllerStore extends AuthorityStore {
  /** The agent of this agent_id; undefined when nobody registered it, or the operator deleted it. */
  agent(agentId: string): Promise<AgentRecord | undefined>;
  /**
   * Returns at most `limit` agents whose agent_id comes after `after` (`''`: from the first on), in order of
   * agent_id.
   */
  agents(after: string, limit: number): Promise<readonly AgentRecord[]>;
  /** How many agents there are: of one key (SPKI DER), or in all. */
  countAgents(signingSpki?: Bytes): Promise<number>;
  /**
   * Replaces an agent's record by what `change` makes of it; `change` is given a deleted one too. What `change` throws is
   * passed on, and nothing is written. Nothing is written either when it gives back what it was given.
   */
  updateAgent(agentId: string, change: (current: AgentRecord | undefined) => AgentRecord): Promise<void>;
  /** What a list signed at `now` (Unix seconds) has to name: `revokedSerials` of every record, deleted ones too. */
  revokedSerials(now: number): Promise<readonly RevokedSerial[]>;

  /** Keeps certificates for as long as the store lives. Doing it again changes nothing. */
  keepCertificates(certificates: readonly StoredCertificate[]): Promise<void>;
  /** DER of the certificate whose SHA-256 this is (base64url without padding). */
  certificate(hash: string): Promise<Bytes | undefined>;

  /** Keeps a registration in place of the one of the same `keyId`. */
  putRegistration(registration: PendingRegistration): Promise<void>;
  /** Removes and returns a registration: nobody gets it twice. */
  takeRegistration(id: string): Promise<PendingRegistration | undefined>;
  /** True when `addSignature` was called with this hash, and its time is not over. */
  hasSignature(hash: string): Promise<boolean>;
  /** Keeps the hash of a signature (hex) until `until` (Unix seconds); false when it is kept already. */
  addSignature(hash: string, until: number): Promise<boolean>;
  /** Drops what ended before `now` (Unix seconds): registrations, signatures, and a year after no list names them, revocations and deleted names. */
  dropExpired(now: number): Promise<void>;

  /** Returns a number that no earlier call returned, larger than all of them; the first is 1. */
  nextListNumber(): Promise<number>;
  loadList(): Promise<StoredList | undefined>;
  /** Keeps `list` unless one of a higher number is kept. */
  keepList(list: StoredList): Promise<void>;
}

/** A registration token that the operator made. The token itself is stored nowhere. Times are in Unix seconds. */
export interface StoredToken {
  /** 16 lowercase hex digits. */
  readonly id: string;
  /** What the operator calls it. */
  readonly name: string;
  /** SHA-256 of the token, lowercase hex. */
  readonly hash: string;
  readonly madeAt: number;
  /** Present when it ends by itself. */
  readonly expiresAt?: number;
  /** New agents that it admits at most; present when there is such a limit. */
  readonly uses?: number;
  /** New agents that it has admitted. */
  readonly used: number;
  /** Whom it has admitted, as hashes, while there is a limit: one that tries again is not counted again. */
  readonly usedBy: readonly string[];
}

/** Where a Controller keeps the operator's registration tokens. Each call is one transaction and rejects with `storage_failed`. */
export interface TokenStore {
  tokens(): Promise<readonly StoredToken[]>;
  /** Replaces all tokens by what `change` makes of them. What it throws is passed on, and nothing is written. */
  changeTokens(change: (current: readonly StoredToken[]) => readonly StoredToken[]): Promise<void>;
}

/** Where a server keeps when it saw each agent last. */
export interface LastSeenStore {
  /** Notes that agents were connected at `at` (Unix seconds). */
  noteSeen(agentIds: readonly string[], at: number): Promise<void>;
  /** Returns when each agent was seen last, in Unix seconds; agents that never were are left out. */
  lastSeen(agentIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
