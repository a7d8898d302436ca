import type { TraceEvent } from '../../protocol/trace/events.ts';
import type { BodyView } from './body-views.ts';
import type { CarriedView } from './carried-view.ts';
import type { FileEvent, FileView } from './file-views.ts';
import type {
  EpochView,
  GroupEventView,
  GroupPartView,
  GroupSettingsView,
  GroupView,
  InvitationView,
} from './group-views.ts';
import type { Which } from './history-store.ts';
import type { FailureView, Json, Verification } from './value-views.ts';

export type { FailureView, Json, Verification } from './value-views.ts';

/** Whether what is said can be kept. Sizes in bytes, as the browser estimates them. */
export interface StorageView {
  readonly used?: number;
  readonly quota?: number;
  /** The browser has promised not to clear it by itself. */
  readonly isPersistent?: boolean;
  /** Nothing more can be kept: why. */
  readonly failure?: FailureView;
}

/** This agent. Fingerprints are SHA-256 of the DER certificate, lowercase hex in pairs joined by `:`. Times are Unix seconds. */
export interface IdentityView {
  readonly agentId: string;
  readonly address: string;
  readonly signingFingerprint: string;
  readonly encryptionFingerprint: string;
  readonly signingSerial: string;
  readonly encryptionSerial: string;
  readonly keyBits: number;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Present while the certificates are due and cannot be renewed: why, and since when (milliseconds since 1970). */
  readonly renewalFailure?: FailureView & { readonly since: number };
  /** When the pinned CA certificate ends, in Unix seconds. */
  readonly caNotAfter: number;
  /** SHA-256 of the pinned CA certificate. */
  readonly caFingerprint: string;
  /** The pinned CA certificate itself, base64 DER. */
  readonly caCertificate: string;
}

/** A peer's verification. Fingerprints are SHA-256 of a signing key's SPKI DER, lowercase hex in pairs joined by `:`; times are milliseconds since 1970. */
export interface VerificationView {
  readonly peerId: string;
  readonly verification: Verification;
  /** The key that was verified, and when; present unless `unverified`. */
  readonly verifiedKeyFingerprint?: string;
  readonly verifiedAt?: number;
  /** The other key that was seen, and when; present when `changed`. */
  readonly changedKeyFingerprint?: string;
  readonly seenAt?: number;
}

/** The number two people compare, and whose it is. */
export interface SafetyNumberView extends VerificationView {
  /** 60 digits: this agent's 30 and the peer's, the lower agent_id first. */
  readonly digits: string;
  /** The peer's key that `digits` are made from: the changed key when there is one. This is what `markVerified` marks. */
  readonly keyFingerprint: string;
}

/** Which part of the directory: `limit` peers (100; 500 at most) whose agent_id comes after `after` (from the first on). */
export interface PeerPage {
  readonly after?: string;
  readonly limit?: number;
}

/** A directory entry. */
export interface PeerView {
  readonly agentId: string;
  readonly address: string;
  readonly status: 'active' | 'revoked';
  readonly online: boolean;
  /** SHA-256 of the signing certificate, as in `IdentityView`. */
  readonly signingFingerprint: string;
  readonly verification: Verification;
}

type SessionStatus = 'HANDSHAKING' | 'ESTABLISHED' | 'CLOSED' | 'EXPIRED' | 'FAILED';

/** A session, from its hello to its end. Times are Unix seconds; `handshakeMs` is milliseconds. */
export interface SessionView {
  readonly sessionId: string;
  readonly peerId: string;
  readonly peerAddress: string;
  /** The client is the side that sent the hello. */
  readonly role: 'client' | 'server';
  readonly status: SessionStatus;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly sent: number;
  readonly received: number;
  /** The newest epoch: how often the keys have been updated. */
  readonly epoch?: number;
  readonly handshakeMs?: number;
  /** The session that this one resumed (protocol page, section 5): no handshake was made. */
  readonly resumes?: string;
  readonly keyFingerprint?: string;
  /** The agent's memory for traces is full, and this session's had to go. */
  readonly isTraceDropped?: boolean;
  /** It is of an earlier run of this agent and has ended: its recording is all that is left. */
  readonly isStored?: boolean;
  /** The last try to reach the peer failed; the session itself stands. */
  readonly unreachable: boolean;
  readonly failure?: FailureView;
}

/** What a request without an answer waits for. `until` is in milliseconds since 1970; after that it has failed, or waits for something else. */
export type WaitingView =
  /** Requests to the same peer that were made before it. */
  | { readonly for: 'turn' }
  /** It is on its way, or the peer is at it. */
  | { readonly for: 'answer'; readonly until: number }
  /** The peer: its side did not answer, by `failure`, or the directory says that it is offline. */
  | { readonly for: 'peer'; readonly until: number; readonly failure?: FailureView }
  /** This agent's own connection to its server. */
  | { readonly for: 'connection'; readonly until: number }
  /** Room at the peer or its server, which refused the last try for now. */
  | { readonly for: 'limit'; readonly until: number; readonly failure: FailureView }
  /** The peer’s return or its owner’s consent: the message is stored for it until then. */
  | { readonly for: 'return'; readonly until: number };

/** One request and its response. Times are milliseconds since 1970. */
export interface ExchangeView {
  readonly requestId: string;
  readonly sessionId: string;
  readonly peerId: string;
  /** Of an incoming request: a name of the signing key that asked, 24 hex digits. */
  readonly peerKey?: string;
  readonly direction: 'outgoing' | 'incoming';
  readonly method: string;
  readonly parameters: Json;
  readonly at: number;
  /** What the request says of when it was first sent, in Unix seconds. */
  readonly sentAt?: number;
  /**
   * `held`: an incoming request that waits for a person's answer. `failed`: it never got an answer; retry is safe. An incoming one
   * was held when the agent was closed: nothing ran, and it is held again when the peer asks again.
   */
  readonly status: 'pending' | 'held' | 'success' | 'error' | 'failed';
  /** Of a pending request of this agent that is under way. */
  readonly waiting?: WaitingView;
  readonly result?: Json;
  /** The bytes that go with the request. */
  readonly body?: BodyView;
  /** The bytes of the answer. */
  readonly answer?: BodyView;
  readonly error?: { readonly code: string; readonly detail: string };
  readonly durationMs?: number;
  /** For a held request: when the sender is told that nobody answered. */
  readonly answerBy?: number;
  /** Of a pending request that is left where its peer is away: until when it may be answered then. */
  readonly leaveUntil?: number;
  /** Its number in the kept history with the peer, from 1; absent when it is not kept. */
  readonly sequence?: number;
  /** Of one that went through a group: of the group's conversation, where `peerId` is `conversationOf` it, or left for a peer that is away. */
  readonly group?: GroupPartView;
}

/** An exchange that went through a group. */
export type GroupExchangeView = ExchangeView & { readonly group: GroupPartView };

/** Returns what an exchange is found by. A request_id belongs to its sender: both sides may use the same one. */
export function exchangeKey(exchange: Pick<ExchangeView, 'direction' | 'peerId' | 'requestId'>): string {
  return `${exchange.direction} ${exchange.peerId} ${exchange.requestId}`;
}

/** One HTTP exchange as an observer of the network sees it: nothing but what travelled. Sizes in bytes. */
export interface WireView {
  readonly id: string;
  readonly at: number;
  /** Who sent the request: this agent (`outgoing`) or its peer (`incoming`). */
  readonly direction: 'outgoing' | 'incoming';
  readonly method: string;
  readonly url: string;
  readonly peerId?: string;
  readonly sessionId?: string;
  /** The request that the agents made of it, once this agent knows: what joins it to the conversation. */
  readonly requestId?: string;
  /** What of it no exchange says, once this agent knows. */
  readonly carried?: CarriedView;
  /** The first 16 KiB, 1 KiB of a part of a stream: text, or base64 of what is bytes. */
  readonly requestBody: string;
  /** Absent for text. */
  readonly requestForm?: 'binary';
  readonly requestSize: number;
  readonly status?: number;
  readonly responseBody?: string;
  readonly responseForm?: 'binary';
  readonly responseSize?: number;
  readonly durationMs?: number;
  /** The request got no answer: why. */
  readonly failure?: FailureView;
}

/** Where the agent is on its way to being ready. */
export type AgentPhase =
  | { readonly phase: 'making_keys'; readonly made: number; readonly of: number }
  | { readonly phase: 'starting' | 'registering' }
  | { readonly phase: 'ready'; readonly identity: IdentityView }
  | { readonly phase: 'in_use' | 'taken_over' }
  | { readonly phase: 'ca_changed'; readonly pinned: string; readonly seen: string }
  | { readonly phase: 'failed'; readonly failure: FailureView }
  | { readonly phase: 'forgotten' };

/** Who answers requests: the registered handlers, or the person at the screen. */
export type Answering = 'handlers' | 'person';

/** The answer a person gives to a held request. */
export type PersonAnswer =
  | { readonly status: 'SUCCESS'; readonly result: Json }
  | { readonly status: 'ERROR'; readonly detail: string };

/** What an agent tells whoever shows it. Each view event replaces the earlier view of the same id. */
export type AgentEvent =
  | { readonly type: 'phase'; readonly phase: AgentPhase }
  | { readonly type: 'session'; readonly session: SessionView }
  | { readonly type: 'exchange'; readonly exchange: ExchangeView }
  | { readonly type: 'wire'; readonly entry: WireView }
  /** `index` is its place among the session's events, from 0. */
  | { readonly type: 'trace'; readonly sessionId: string; readonly index: number; readonly event: TraceEvent }
  | { readonly type: 'answering'; readonly answering: Answering }
  | { readonly type: 'verification'; readonly verification: VerificationView }
  | { readonly type: 'line'; readonly line: LineView }
  | { readonly type: 'storage'; readonly storage: StorageView }
  /** Exchanges were deleted from the history with a peer: nobody shows them any more. */
  | { readonly type: 'deleted'; readonly peerId: string; readonly which: Which }
  | TrimmedEvent
  /** The directory or the revocation list has changed. */
  | { readonly type: 'directory' }
  | { readonly type: 'group'; readonly group: GroupView }
  | { readonly type: 'group_forgotten'; readonly groupId: string }
  | { readonly type: 'invitation'; readonly invitation: InvitationView }
  | { readonly type: 'invitation_gone'; readonly groupId: string }
  | { readonly type: 'group_settings'; readonly settings: GroupSettingsView }
  | { readonly type: 'group_event'; readonly event: GroupEventView }
  /** A new epoch, for the inspector. */
  | { readonly type: 'epoch'; readonly epoch: EpochView }
  | FileEvent;

/** What the agent no longer holds in memory, because newer items needed the room. What is kept on disk stays. */
export interface TrimmedEvent {
  readonly type: 'trimmed';
  /** Ids of ended sessions, which take their traces with them. */
  readonly sessions: readonly string[];
  /** Keys as `exchangeKey` makes them. */
  readonly exchanges: readonly string[];
  /** Ids of wire entries. */
  readonly wire: readonly string[];
  /** Session ids. */
  readonly traces: readonly string[];
}

/** Why a line does not come about: HTTP reaches the relay, but something in between stops WebSockets. */
export type LineTrouble = 'no_websocket';

/** How an agent without an address of its own stands with its relay. Times are in milliseconds since 1970. */
export type LineView =
  | { readonly status: 'connecting'; readonly relay: string; readonly reason?: LineTrouble }
  | { readonly status: 'connected'; readonly relay: string; readonly since: number }
  | {
      readonly status: 'waiting';
      readonly relay: string;
      readonly retryAt: number;
      readonly attempt: number;
      readonly reason?: LineTrouble;
    }
  /** A newer connection of the same agent took over. */
  | { readonly status: 'replaced'; readonly relay: string }
  | { readonly status: 'refused'; readonly relay: string; readonly detail: string };

/** Everything at once, for a page that has just attached. */
export interface AgentSnapshot {
  readonly phase: AgentPhase;
  readonly sessions: readonly SessionView[];
  readonly exchanges: readonly ExchangeView[];
  readonly wire: readonly WireView[];
  readonly traces: Readonly<Record<string, readonly TraceEvent[]>>;
  readonly answering: Answering;
  /** Every peer that is not simply unverified. */
  readonly verifications: readonly VerificationView[];
  /** Method names the registry answers, for the send box. */
  readonly methods: readonly string[];
  /** Present when the agent is reached through a relay. */
  readonly line?: LineView;
  /** Present once it is known. */
  readonly storage?: StorageView;
  readonly groups: readonly GroupView[];
  readonly invitations: readonly InvitationView[];
  readonly groupSettings: GroupSettingsView;
  readonly files: readonly FileView[];
}
