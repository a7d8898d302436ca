import { browserPlatform } from '../host/browser-platform.ts';
import { type AgentOptions, ParleyAgent } from './agent.ts';

export type { Retention } from '../agent/contracts/history-store.ts';
export type {
  ArchiveView,
  AuditVerdictView,
  HistoryPageView,
  KeptHistoryView,
} from '../agent/contracts/history-views.ts';
export type {
  AgentEvent,
  ExchangeView,
  Json,
  PeerView,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
export type { MethodHandler, RequestInfo } from '../agent/messages/methods.ts';
export { Refusal } from '../agent/messages/refusal.ts';
export { type ErrorCode, ParleyError } from '../protocol/errors.ts';
export type { AgentOptions } from './agent.ts';

/** Opens agents: `await Agent.open({ id, server })`. */
export const Agent = {
  open: (options: AgentOptions): Promise<Agent> => ParleyAgent.open(options, browserPlatform),
};
export type Agent = ParleyAgent;
