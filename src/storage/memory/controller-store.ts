import { isForgotten, revokedSerials } from '../../controller/revoked-serials.ts';
import type {
  AgentRecord,
  ControllerStore,
  PendingRegistration,
  StoredAuthority,
  StoredList,
} from '../../controller/store.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';

/** Creates a Controller's store that lives as long as the process. */
export function createMemoryControllerStore(): ControllerStore {
  const records = new Map<string, AgentRecord>();
  const certificates = new Map<string, Bytes>();
  /** By keyId. */
  const registrations = new Map<string, PendingRegistration>();
  const signatures = new Map<string, number>();
  let authority: StoredAuthority | undefined;
  let list: StoredList | undefined;
  let listNumber = 0;
  const all = () => [...records.values()].filter(({ deletedAt }) => deletedAt === undefined);
  return {
    keepsKeyAsFile: false,
    loadAuthority: async () => authority,
    keepAuthority: async (candidate) => {
      authority ??= candidate;
      return authority;
    },
    agent: async (agentId) => {
      const found = records.get(agentId);
      return found?.deletedAt === undefined ? found : undefined;
    },
    agents: async (after, limit) =>
      all()
        .filter(({ agentId }) => agentId > after)
        .sort((a, b) => (a.agentId < b.agentId ? -1 : 1))
        .slice(0, limit),
    countAgents: async (signingSpki) => {
      const key = signingSpki && toHex(signingSpki);
      return all().filter((record) => key === undefined || toHex(record.signingSpki) === key).length;
    },
    updateAgent: async (agentId, change) => {
      records.set(agentId, change(records.get(agentId)));
    },
    revokedSerials: async (now) => [...records.values()].flatMap((record) => revokedSerials(record, now)),
    keepCertificates: async (kept) => {
      for (const { hash, der } of kept) certificates.set(hash, der);
    },
    certificate: async (hash) => certificates.get(hash),
    putRegistration: async (registration) => {
      registrations.set(registration.keyId, registration);
    },
    takeRegistration: async (id) => {
      const found = [...registrations.values()].find((registration) => registration.id === id);
      if (found !== undefined) registrations.delete(found.keyId);
      return found;
    },
    hasSignature: async (hash) => signatures.has(hash),
    addSignature: async (hash, until) => {
      if (signatures.has(hash)) return false;
      signatures.set(hash, until);
      return true;
    },
    dropExpired: async (now) => {
      for (const [key, { expiresAt }] of registrations) if (expiresAt < now) registrations.delete(key);
      for (const [hash, until] of signatures) if (until < now) signatures.delete(hash);
      for (const [agentId, { deletedAt, issued }] of records) {
        if (deletedAt !== undefined && issued.every((one) => isForgotten(one, now))) records.delete(agentId);
      }
    },
    nextListNumber: async () => ++listNumber,
    loadList: async () => list,
    keepList: async (candidate) => {
      if (list === undefined || list.number < candidate.number) list = candidate;
    },
  };
}
