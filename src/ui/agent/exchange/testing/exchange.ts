import type { ExchangeView } from '../../../../agent/contracts/views.ts';

/** An exchange that was kept at a place of its conversation, as `change` has it. */
export function exchange(sequence: number, change: Partial<ExchangeView> = {}): ExchangeView {
  return {
    requestId: `r${sequence}`,
    sessionId: 'a'.repeat(32),
    peerId: 'helper_agent_001',
    direction: 'outgoing',
    method: 'ping',
    parameters: null,
    at: sequence * 10,
    status: 'success',
    sequence,
    ...change,
  };
}
