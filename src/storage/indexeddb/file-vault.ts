import type { FileVault } from '../../agent/contracts/file-store.ts';
import { openChunkVault } from './chunk-vault.ts';
import { canWriteFiles, openOpfsVault } from './opfs-vault.ts';
import type { OpenDatabase } from './transaction.ts';

/** A vault of a browser. */
export interface BrowserVault extends FileVault {
  /** Deletes what is not in the agent's database. */
  clear(): Promise<void>;
}

/** Opens where an agent's files go: to the origin's own file system where this thread can write there, else into its database. */
export function openBrowserVault(agentId: string, open: OpenDatabase): BrowserVault {
  return canWriteFiles() ? openOpfsVault(agentId) : { ...openChunkVault(open), clear: async () => undefined };
}
