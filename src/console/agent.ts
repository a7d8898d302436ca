import type { GroupEventView, GroupView, InvitationView } from '../agent/contracts/group-views.ts';
import type { GroupAsking, GroupSaying, NewBeginning, NewGroup } from '../agent/contracts/groups-api.ts';
import type {
  AuditEntryView,
  AuditHeadView,
  AuditVerdictView,
  HistoryPageView,
  HistoryUsageView,
  SearchInput,
  SearchView,
} from '../agent/contracts/history-views.ts';
import type {
  Answering,
  ExchangeView,
  GroupExchangeView,
  IdentityView,
  Json,
  PeerPage,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
import type { TraceEvent } from '../protocol/trace/events.ts';

/** Groups as the console uses them, under the names of their operations. */
export interface ConsoleGroups {
  groups(): readonly GroupView[];
  invitations(): readonly InvitationView[];
  createGroup(group: NewGroup): Promise<GroupView>;
  inviteToGroup(groupId: string, agentIds: readonly string[]): Promise<GroupView>;
  removeFromGroup(groupId: string, agentIds: readonly string[]): Promise<GroupView>;
  renameGroup(groupId: string, name: string): Promise<GroupView>;
  setGroupAdmins(groupId: string, admins: readonly string[]): Promise<GroupView>;
  leaveGroup(groupId: string): Promise<void>;
  forgetGroup(groupId: string): Promise<void>;
  acceptInvitation(groupId: string): Promise<GroupView>;
  declineInvitation(groupId: string): Promise<void>;
  sendToGroup(saying: GroupSaying): Promise<GroupExchangeView>;
  askGroup(asking: GroupAsking): Promise<GroupExchangeView>;
  markGroupRead(groupId: string): Promise<void>;
  rejoinGroup(groupId: string): Promise<void>;
  startGroupAnew(groupId: string): Promise<NewBeginning>;
  goOnForked(groupId: string): Promise<GroupView>;
  groupEvents(groupId: string, before?: number, count?: number): Promise<readonly GroupEventView[]>;
  /** Tells `listener` whenever `exchanges` or `groups` gives something else; the function it returns ends that. */
  onChange(listener: () => void): () => void;
}

/** An agent as the console uses it: the same operations as the buttons of its page. Every call rejects with a `ParleyError`. */
export interface ConsoleAgent extends ConsoleGroups {
  readonly agentId: string;
  readonly address: string;
  /** Where its private keys are, when that is not a vault that nobody can take them out of. */
  readonly keysIn?: 'files';
  /** Undefined until it is ready. */
  identity(): IdentityView | undefined;
  sessions(): readonly SessionView[];
  trace(sessionId: string): readonly TraceEvent[];
  /** Returns a page of the directory, in order of agent_id; a page with fewer than asked for is the last one. */
  peers(page?: PeerPage): Promise<readonly PeerView[]>;
  peer(peerId: string): Promise<PeerView>;
  connect(peerId: string): Promise<SessionView>;
  send(request: { readonly peerId: string; readonly method: string; readonly parameters: Json }): Promise<ExchangeView>;
  /** Ends a request that has no answer yet, or an answer that is still coming. */
  cancel(peerId: string, requestId: string): Promise<void>;
  disconnect(sessionId: string): Promise<void>;
  /** Updates the keys and returns the newest epoch, or the old one while the peer's own update is under way. */
  updateKeys(sessionId: string): Promise<number>;
  safetyNumber(peerId: string): Promise<SafetyNumberView>;
  markVerified(peerId: string, keyFingerprint: string): Promise<void>;
  /** Returns the head of the audit trail, and up to `count` of its newest entries, the newest first. */
  audit(count: number): Promise<{ readonly head: AuditHeadView; readonly entries: readonly AuditEntryView[] }>;
  verifyAudit(): Promise<AuditVerdictView>;
  /** The exchanges in memory, in their order. */
  exchanges(): readonly ExchangeView[];
  answering(): Answering;
  setAnswering(answering: Answering): Promise<void>;
  answer(peerId: string, requestId: string, answer: PersonAnswer): Promise<void>;
  /** Returns the newest `count` exchanges with a peer that are stored, or those before a sequence. */
  history(peerId: string, before: number | undefined, count: number): Promise<HistoryPageView>;
  histories(): Promise<readonly HistoryUsageView[]>;
  search(input: SearchInput): Promise<SearchView>;
}

/** One line of what a command says. */
export interface OutputLine {
  readonly level: 'INFO' | 'WARN' | 'ERROR' | 'OUT';
  readonly mark?: '✓' | '✗';
  readonly text: string;
}

/** Rows under headings, for whoever draws them: a page as a table, a shell as columns. */
export interface OutputTable {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a command says, piece by piece. */
export type Output = { readonly line: OutputLine } | { readonly table: OutputTable } | { readonly clear: true };

/** Hears a command's output as it comes. */
export type Say = (output: Output) => void;
