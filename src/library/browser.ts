import { browserPlatform } from '../host/browser-platform.ts';
import { ParleyAgent } from './agent.ts';
import type { AgentOptions } from './agent-options.ts';
import type { OpenAgent } from './open.ts';
import type { AnyMethods } from './typed-methods.ts';

export type { FileEvent, FilePage, FilePolicy, FileStatus, FileView } from '../agent/contracts/file-views.ts';
export type { GivenFile } from '../agent/contracts/files-api.ts';
export type {
  EpochView,
  GroupAnswerView,
  GroupAttachmentView,
  GroupEventView,
  GroupMemberView,
  GroupPartView,
  GroupSettingsView,
  GroupStatus,
  GroupView,
  InvitationView,
  MemberTrust,
} from '../agent/contracts/group-views.ts';
export type { NewGroup } from '../agent/contracts/groups-api.ts';
export type { Retention } from '../agent/contracts/history-store.ts';
export type {
  ArchiveView,
  AuditEntryView,
  AuditHeadView,
  AuditPageView,
  AuditVerdictView,
  HistoryPageView,
  HistoryUsageView,
  SearchInput,
  SearchView,
} from '../agent/contracts/history-views.ts';
export type {
  AgentEvent,
  AgentSnapshot,
  Answering,
  ExchangeView,
  GroupExchangeView,
  Json,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
export type { RequestInfo } from '../agent/messages/methods.ts';
export { Refusal } from '../agent/messages/refusal.ts';
export { type StreamedAnswer, type StreamWords, streamed } from '../agent/streams/answer-kinds.ts';
export type { RequestBody } from '../agent/streams/request-body.ts';
export { type ErrorCode, ParleyError } from '../protocol/errors.ts';
export type { AgentOptions, AwayOptions, GivenBody, SendOptions } from './agent-options.ts';
export type { AnswerStream, Readable, WholeOptions } from './answer-stream.ts';
export type { AwaySent } from './away-request.ts';
export type { ErrorContext } from './error-listener.ts';
export type { Files } from './files.ts';
export type { Group } from './group.ts';
export type { GroupAnswer, GroupAnswers } from './group-answers.ts';
export type { GroupsEvent } from './group-events.ts';
export type { Attachment, GroupAskOptions, GroupSendOptions } from './group-options.ts';
export type { GroupMessage, Groups } from './groups.ts';
export type { Peer } from './peer.ts';
export type { StreamCall } from './stream-call.ts';
export type { AnsweredBytes, AnyAnswer, AnyMethods, MethodHandler } from './typed-methods.ts';

/** Opens agents: `await Agent.open({ id, server })`. */
export const Agent: { readonly open: OpenAgent } = {
  open: <M>(options: AgentOptions<M>) => ParleyAgent.open(options, browserPlatform),
};
/** An agent; `M` are the methods that it answers. */
export type Agent<M = AnyMethods> = ParleyAgent<M>;
