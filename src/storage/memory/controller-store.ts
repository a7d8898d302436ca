import type {
  AgentRecord,
  ControllerStore,
  PendingRegistration,
  StoredAuthority,
  StoredList,
} from '../../controller/store.ts';

/** A Controller's store that lives as long as the process. */
export function createMemoryControllerStore(): ControllerStore {
  const agents = new Map<string, AgentRecord>();
  const registrations = new Map<string, PendingRegistration>();
  let authority: StoredAuthority | undefined;
  let list: StoredList | undefined;
  let listNumber = 0;
  return {
    keepsKeyAsFile: false,
    loadAuthority: async () => authority,
    keepAuthority: async (candidate) => {
      authority ??= candidate;
      return authority;
    },
    agent: async (agentId) => agents.get(agentId),
    agents: async () => [...agents.values()].sort((a, b) => (a.agentId < b.agentId ? -1 : 1)),
    updateAgent: async (agentId, change) => {
      agents.set(agentId, change(agents.get(agentId)));
    },
    addRegistration: async (registration) => {
      registrations.set(registration.id, registration);
    },
    takeRegistration: async (id) => {
      const found = registrations.get(id);
      registrations.delete(id);
      return found;
    },
    dropRegistrations: async (now) => {
      for (const [id, { expiresAt }] of registrations) if (expiresAt < now) registrations.delete(id);
      return registrations.size;
    },
    nextListNumber: async () => ++listNumber,
    loadList: async () => list,
    keepList: async (candidate) => {
      if (list === undefined || list.number < candidate.number) list = candidate;
    },
  };
}
