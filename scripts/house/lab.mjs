/**
 * The rooms of the attack lab, and whom each may import; see `rooms.mjs`.
 *
 * @type {Record<string, readonly string[]>}
 */
export const lab = {
  lab: ['protocol/**'],
  // The lab is a small world of its own: it brings a Controller, stores in memory and the certificates an attacker forges.
  'lab/run': [
    'agent',
    'agent/contracts',
    'agent/messages/methods.ts',
    'agent/streams/answer-kinds.ts',
    'controller',
    'delivery',
    'host',
    'protocol/**',
    'recording',
    'storage/memory/agent-store.ts',
    'storage/memory/controller-store.ts',
    'storage/memory/delivery-store.ts',
  ],
  // A member that keeps to no rule is made of the rules' own parts.
  'lab/attacker': [
    'agent/contracts',
    'agent/controller',
    'agent/groups',
    'controller/controller.ts',
    'group/**',
    'lab/run',
    'mls/**',
    'pki',
    'protocol/**',
  ],
  'lab/scenarios': [
    'group/**',
    'lab',
    'lab/attacker',
    'lab/run',
    'mls/**',
    'protocol/**',
    'storage/memory/agent-store.ts',
  ],
  'lab/host': ['agent/contracts', 'lab/run', 'lab/scenarios', 'platform', 'protocol'],
};
