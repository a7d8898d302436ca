import type { AgentStore, SeenNonce, StoredIdentity, StoredVerification } from '../../agent/contracts/ports.ts';
import { createMemoryArchives } from './archives.ts';
import { createMemoryFiles } from './files.ts';
import { createMemoryHistory } from './history.ts';
import { createMemoryRecordings } from './recordings.ts';
import { createMemoryResumptions } from './resumptions.ts';

/** Creates an agent's store that lives as long as the process. */
export function createMemoryAgentStore(): AgentStore {
  const nonces = new Map<string, SeenNonce>();
  const verifications = new Map<string, StoredVerification>();
  const { clear: clearHistory, ...history } = createMemoryHistory();
  const { clear: clearResumptions, ...resumptions } = createMemoryResumptions();
  const { clear: clearArchives, ...archives } = createMemoryArchives();
  const { clear: clearRecordings, ...recordings } = createMemoryRecordings();
  const { clear: clearFiles, files } = createMemoryFiles();
  let identity: StoredIdentity | undefined;
  const dropBefore = (before: number) => {
    for (const [key, { seenAt }] of nonces) if (seenAt < before) nonces.delete(key);
  };
  return {
    ...history,
    ...resumptions,
    ...archives,
    ...recordings,
    keepsKeysAsFiles: false,
    files,
    loadIdentity: async () => identity,
    saveIdentity: async (saved) => {
      identity = saved;
    },
    loadNonces: async (since) => {
      dropBefore(since);
      return [...nonces.values()];
    },
    addNonce: async (nonce) => {
      nonces.set(nonce.key, nonce);
    },
    dropNonces: async (before) => dropBefore(before),
    loadVerifications: async () => [...verifications.values()],
    saveVerification: async (verification) => {
      verifications.set(verification.peerId, verification);
    },
    dropVerification: async (peerId) => {
      verifications.delete(peerId);
    },
    erase: async () => {
      verifications.clear();
      identity = undefined;
      nonces.clear();
      clearHistory();
      clearResumptions();
      clearArchives();
      clearRecordings();
      clearFiles();
    },
  };
}
