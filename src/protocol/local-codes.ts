/**
 * Every code that only the local side can find. None of them is ever sent, and none is taken from another party: the `status` is
 * for faces that show one.
 */
export const localCodes = {
  confirmation_failed: { status: 401, title: 'The confirmation does not verify' },
  controller_unreachable: { status: 502, title: 'The Controller cannot be reached' },
  invalid_answer: { status: 502, title: 'The answer is not one this protocol knows' },
  peer_key_changed: { status: 495, title: 'The peer’s signing key is not the one you verified' },
  ca_changed: { status: 495, title: 'The Controller shows another CA than the one this agent pinned' },
  clock_wrong: { status: 409, title: 'The clock of this device is wrong' },
  agent_in_use: { status: 423, title: 'This agent is open in another tab' },
  not_registered: { status: 409, title: 'This agent is not registered yet' },
  network_unavailable: { status: 503, title: 'This page cannot carry messages' },
  storage_failed: { status: 507, title: 'The data could not be kept' },
  storage_full: { status: 507, title: 'There is no room to keep more' },
  storage_blocked: { status: 507, title: 'This browser stores nothing for this site' },
  storage_cleared: { status: 507, title: 'The stored data of this agent was deleted' },
  part_unavailable: { status: 503, title: 'A part of Parley could not be loaded' },
  queue_full: { status: 503, title: 'Too many requests wait to be sent' },
  timed_out: { status: 504, title: 'The time given for this is over' },
  agent_closed: { status: 410, title: 'This agent is closed' },
  own_agent: { status: 422, title: 'An agent cannot be its own peer' },
  invalid_input: { status: 422, title: 'The input cannot be used' },
} as const satisfies Record<string, { status: number; title: string }>;
