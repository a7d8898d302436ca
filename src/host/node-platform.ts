import { homedir } from 'node:os';
import { join } from 'node:path';
import { generateExtractableRsa } from '../platform/platform.ts';
import { openFileAgentStore } from '../storage/file/agent-store.ts';
import { writeWholeFile } from '../storage/file/whole-file.ts';
import { nodeLifetime } from './node-lifetime.ts';
import type { Platform } from './platform.ts';

/** Keys in a folder for its owner alone, encrypted when there is a passphrase. */
export const nodePlatform: Platform = {
  generateRsa: generateExtractableRsa,
  hasFolders: true,
  lifetime: nodeLifetime,
  saveFile: ({ bytes }, path) => writeWholeFile(path, bytes),
  openStore: async (agentId, { folder = join(homedir(), '.parley', agentId), passphrase, files }) => {
    const store = await openFileAgentStore(folder, {
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(files === undefined ? {} : { files }),
    });
    return { store, close: () => store.close() };
  },
};
