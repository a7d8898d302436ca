import * as v from 'valibot';
import type { StoredArchive, StoredArchiveRecord } from '../agent/contracts/archive-store.ts';
import type { NoMembers } from '../agent/contracts/no-members.ts';
import { storedBytes } from './stored-history.ts';

/** Version 1 of an imported history. It is never changed: what comes next has the next version. */
export const archiveV1 = v.object({
  archiveId: v.string(),
  agentId: v.string(),
  exportedAt: v.number(),
  importedAt: v.number(),
  peers: v.array(v.object({ peerId: v.string(), exchanges: v.number() })),
});

/** Version 1 of an exchange of one. Its plaintext has versions of its own. */
export const archiveRecordV1 = v.object({
  archiveId: v.string(),
  peerId: v.string(),
  sequence: v.number(),
  iv: storedBytes,
  ciphertext: storedBytes,
});

/** Returns what is stored of an imported history. */
export function toArchiveV1(archive: StoredArchive): v.InferOutput<typeof archiveV1> {
  const { archiveId, agentId, exportedAt, peers, importedAt, ...undecided } = archive;
  undecided satisfies NoMembers;
  return { archiveId, agentId, exportedAt, peers: peers.map(toPeerV1), importedAt };
}

function toPeerV1({ peerId, exchanges, ...undecided }: StoredArchive['peers'][number]) {
  undecided satisfies NoMembers;
  return { peerId, exchanges };
}

/** Returns what is stored of an exchange of one. */
export function toArchiveRecordV1(record: StoredArchiveRecord): v.InferOutput<typeof archiveRecordV1> {
  const { archiveId, peerId, sequence, iv, ciphertext, ...undecided } = record;
  undecided satisfies NoMembers;
  return { archiveId, peerId, sequence, iv, ciphertext };
}
