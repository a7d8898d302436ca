import type {
  AgentEvent,
  AgentSnapshot,
  Answering,
  ExchangeView,
  Json,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
import type { PeerPage } from '../agent/directory.ts';
import type { KeptEngine } from './kept-api.ts';

/** Which agent an engine hosts, and where its Controller is. */
export interface EngineOptions {
  readonly agentId: string;
  readonly address: string;
  /** Base URL of the Controller, without `/controller`. */
  readonly controllerUrl: string;
  /**
   * How the agent is reached: by other tabs of this browser, through the page; or by everyone, through one of these relays
   * (base URLs), which share their agents and are the Controller too.
   */
  readonly network: { readonly kind: 'bridge' } | { readonly kind: 'relay'; readonly relays: readonly string[] };
  /** Goes on with nothing of an earlier run by itself: it is opened to be forgotten. */
  readonly isQuiet: boolean;
}

/** What is asked of a peer. `requestId` repeats an earlier request: the peer runs it once. */
export interface SendInput {
  readonly peerId: string;
  readonly method: string;
  readonly parameters: Json;
  readonly requestId?: string;
}

/** An agent as the page uses it. Every call rejects with a `ParleyError`. */
export interface Engine extends KeptEngine {
  readonly agentId: string;
  /** Tells of every change from now on; returns how to stop. */
  subscribe(listener: (event: AgentEvent) => void): () => void;
  snapshot(): Promise<AgentSnapshot>;
  /** Returns a page of the directory: `limit` peers (100; 500 at most) after `after`. Fewer are the last ones. */
  peers(page?: PeerPage): Promise<readonly PeerView[]>;
  /** One agent of the directory by its exact agent_id. */
  peer(peerId: string): Promise<PeerView>;
  /** Shakes hands with a peer of the directory; the established session. */
  connect(peerId: string): Promise<SessionView>;
  /** Sends over the peer's session (made first when there is none); the answered exchange. */
  send(input: SendInput): Promise<ExchangeView>;
  /** Sends CLOSE and erases the session's keys, also when the peer cannot be reached. */
  disconnect(sessionId: string): Promise<void>;
  /** Updates the session's keys now, which also happens by itself. The newest epoch: the old one while the peer's update is on its way. */
  updateKeys(sessionId: string): Promise<number>;
  /**
   * Returns the number to compare with the peer's person, of the key that would be used now. It takes about a second.
   */
  safetyNumber(peerId: string): Promise<SafetyNumberView>;
  /** Marks the peer's key as verified. `keyFingerprint` is that of the number that was shown, else `invalid_input`. */
  markVerified(peerId: string, keyFingerprint: string): Promise<void>;
  /** Forgets the verified key and goes on, unverified, with the one that was seen since. */
  acceptChangedKey(peerId: string): Promise<void>;
  /** Takes the mark off a peer whose key has not changed. */
  clearVerification(peerId: string): Promise<void>;
  setAnswering(answering: Answering): Promise<void>;
  /** Answers a held request of a peer. Rejects with `invalid_input` when it no longer waits. */
  answer(peerId: string, requestId: string, answer: PersonAnswer): Promise<void>;
  /** Empties conversation, wire log and ended sessions from memory. */
  clear(): Promise<void>;
  /** Takes the agent over from the tab that has it open. */
  takeOver(): Promise<void>;
  /** Tries to start again after `failed`; a Controller that asks for a registration token is shown this one. */
  restart(registrationToken?: string): Promise<void>;
  /** Connects to the relay now: a new try was waiting, or another connection of the agent had taken over. */
  reconnect(): Promise<void>;
  /** Erases keys, certificates and everything else of this agent. */
  forget(): Promise<void>;
  /** Ends the worker and frees the agent's locks. */
  close(): void;
}

/** Starts an agent in a dedicated worker of its own. The first events follow at once. */
export type OpenEngine = (options: EngineOptions) => Engine;
