import type { AgentEvent } from '../agent/contracts/views.ts';
import type { RequestMessage, ResponseMessage } from '../http/http-messages.ts';

/** What the page does for the worker: it has the network and the address, the worker has the keys. */
export interface PagePort {
  event(event: AgentEvent): Promise<void>;
  /** Carries a request out; rejects with `peer_unreachable`. */
  fetch(request: RequestMessage, deadlineMs: number): Promise<ResponseMessage>;
  /** Hosts the agent's address from now on; rejects with `agent_in_use` when another tab does and `takeOver` is false. */
  host(takeOver: boolean): Promise<void>;
  /** Stops hosting the address. */
  release(): Promise<void>;
}
