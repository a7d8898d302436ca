import * as v from 'valibot';
import { storedBytes } from './stored-history.ts';

/** An imported history, as a store gives it back. */
export const storedArchive = v.object({
  archiveId: v.string(),
  agentId: v.string(),
  exportedAt: v.number(),
  importedAt: v.number(),
  peers: v.array(v.object({ peerId: v.string(), exchanges: v.number() })),
});

/** An exchange of one. */
export const storedArchiveRecord = v.object({
  archiveId: v.string(),
  peerId: v.string(),
  sequence: v.number(),
  iv: storedBytes,
  ciphertext: storedBytes,
});
