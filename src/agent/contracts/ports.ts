import type { Bytes } from '../../protocol/bytes.ts';
import type { CertificatePair } from '../../protocol/handshake/identity.ts';
import type { ArchiveStore } from './archive-store.ts';
import type { AuditStore } from './audit-store.ts';
import type { FileStores } from './file-store.ts';
import type { GroupStore } from './group-store.ts';
import type { HistoryStore } from './history-store.ts';
import type { RecordingStore } from './recording-store.ts';
import type { RequestStore } from './request-store.ts';
import type { ResumptionStore } from './resumption-store.ts';

/** A way to reach an HTTP address. Rejects with `peer_unreachable` when there is no answer by the deadline. */
export interface Network {
  send(request: Request, deadlineMs?: number): Promise<Response>;
  /** An answer whose body goes on until one side ends it. Absent where only whole answers pass. */
  stream?(request: Request): Promise<Response>;
}

/** Makes RSA key pairs: the only operations of SubtleCrypto that the protocol room does not need. */
export type GenerateRsa = (use: 'signing' | 'encryption', bits: number) => Promise<CryptoKeyPair>;

/** What a relay wants signed before it forwards requests to an agent (protocol page, section 7). */
export interface RelayChallenge {
  /** Base URL of the relay as the agent knows it. */
  readonly relay: string;
  readonly connection: string;
  /** 32 bytes of the relay's choosing. */
  readonly nonce: Bytes;
}

/** Signs a relay's challenge for the agent that has `signingKey`. */
export type SignRelayClaim = (signingKey: CryptoKey, challenge: RelayChallenge) => Promise<Bytes>;

/** Whoever follows the Controller's events. */
export interface FeedListener {
  /** Hears the type of each event (protocol page, section 6). */
  heard(type: string): void;
  /** Hears that a connection is new: what was told before was not heard. `hasEvents` is false when it carries none. */
  began(hasEvents: boolean): void;
}

/** The Controller's events on a connection that an agent has anyway, in place of a stream of its own. */
export interface EventFeed {
  /** Tells `listener` everything from now on; the function it returns ends that. */
  follow(listener: FeedListener): () => void;
}

/** The agent's own connection to a relay, as far as its requests depend on it. */
export interface OwnConnection {
  /** True while it is being made, or made again: what goes through the relay waits for it. */
  readonly isInterrupted: boolean;
  /** Resolves once it is not interrupted, or after `ms` milliseconds. */
  settled(ms: number): Promise<void>;
  /** True when its relays forward to this address. */
  forwards(address: string): boolean;
}

/** Runs `task` once after `ms` milliseconds unless cancelled. Late is fine; early is not. */
export interface Scheduler {
  after(ms: number, task: () => void): { cancel(): void };
}

/** What an agent keeps of itself. The private keys are non-extractable. `createdAt` is in milliseconds since 1970. */
export interface StoredIdentity {
  readonly agentId: string;
  readonly address: string;
  readonly createdAt: number;
  /** When it was last ready, in milliseconds since 1970. */
  readonly usedAt?: number;
  readonly signing: CryptoKeyPair;
  readonly encryption: CryptoKeyPair;
  /** Present once registered. */
  readonly registration?: StoredRegistration;
}

/** The Controller's word: this agent's certificates, and the CA that is pinned from then on. DER each. */
export interface StoredRegistration {
  readonly certificates: CertificatePair;
  readonly caCertificate: Bytes;
}

/** A nonce that a verified hello carried. `key` names signer and nonce; `seenAt` is in Unix seconds. */
export interface SeenNonce {
  readonly key: string;
  readonly seenAt: number;
}

/** A mark that two people have compared the safety number. It belongs to a key. Times are in milliseconds since 1970. */
export interface StoredVerification {
  readonly peerId: string;
  /** H(SPKI DER) of the signing key that was verified, lowercase hex. */
  readonly keyHash: string;
  readonly verifiedAt: number;
  /** Another signing key of the peer that was seen since and not decided on. */
  readonly changed?: { readonly signingSpki: Bytes; readonly keyHash: string; readonly seenAt: number };
}

/**
 * Where an agent keeps what outlives it. Every call rejects with `storage_failed` when the storage does, and with
 * `storage_full` when there is no room.
 */
export interface AgentStore
  extends HistoryStore,
    AuditStore,
    RequestStore,
    GroupStore,
    ResumptionStore,
    ArchiveStore,
    RecordingStore {
  /** True when keys are written to files: new ones have to be extractable, once. Those it loads never are. */
  readonly keepsKeysAsFiles: boolean;
  readonly files: FileStores;
  loadIdentity(): Promise<StoredIdentity | undefined>;
  /** Replaces the identity in one transaction. */
  saveIdentity(identity: StoredIdentity): Promise<void>;
  /** Returns the nonces seen at `since` (Unix seconds) or later; older ones are dropped. */
  loadNonces(since: number): Promise<readonly SeenNonce[]>;
  /** Adds a nonce; durable once resolved. */
  addNonce(nonce: SeenNonce): Promise<void>;
  /** Drops nonces seen before `before` (Unix seconds). */
  dropNonces(before: number): Promise<void>;
  loadVerifications(): Promise<readonly StoredVerification[]>;
  /** Replaces the peer's verification; durable once resolved. */
  saveVerification(verification: StoredVerification): Promise<void>;
  dropVerification(peerId: string): Promise<void>;
  /** Erases everything of this agent. Nothing is read or kept from then on until an agent begins with `loadIdentity`. */
  erase(): Promise<void>;
}
