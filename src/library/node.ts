import { nodePlatform } from '../host/node-platform.ts';
import { ParleyAgent } from './agent.ts';
import type { AgentOptions } from './agent-options.ts';

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
  Json,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
export type { MethodHandler, RequestInfo } from '../agent/messages/methods.ts';
export { Refusal } from '../agent/messages/refusal.ts';
export { type ErrorCode, ParleyError } from '../protocol/errors.ts';
export type { AgentOptions } from './agent-options.ts';

/** Opens agents: `await Agent.open({ id, server })`. */
export const Agent = {
  open: (options: AgentOptions): Promise<Agent> => ParleyAgent.open(options, nodePlatform),
};
export type Agent = ParleyAgent;
