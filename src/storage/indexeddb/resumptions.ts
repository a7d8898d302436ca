import * as v from 'valibot';
import type { NoMembers } from '../../agent/contracts/no-members.ts';
import type { ResumptionStore, StoredResumption } from '../../agent/contracts/resumption-store.ts';
import { guarded } from '../guarded.ts';
import { readableOf, storedBytes } from '../stored-history.ts';
import { secretKey } from './secret-key.ts';
import { type OpenDatabase, writeAtOnce } from './transaction.ts';

/** Version 1 of what resumes a session. It is never changed: what comes next has the next version. */
const resumptionV1 = v.object({
  resumptionId: v.string(),
  peerId: v.string(),
  sessionId: v.string(),
  key: secretKey('HMAC'),
  signingKey: secretKey('Ed25519'),
  peerSigningKey: storedBytes,
  peerCertificates: v.object({ signing: storedBytes, encryption: storedBytes }),
  isExtended: v.optional(v.boolean()),
  resumed: v.optional(v.number()),
  role: v.picklist(['client', 'server']),
  createdAt: v.number(),
  expiresAt: v.number(),
});

/** Opens the part of an agent's store that holds resumption records, with keys that no script can export. */
export function openResumptions(open: OpenDatabase): ResumptionStore {
  return {
    loadResumptions: () =>
      guarded(async (): Promise<readonly StoredResumption[]> => {
        const found = await (await open()).getAll('resumptions');
        const readable = readableOf(resumptionV1, found);
        if (readable.length < found.length) await dropUnreadable(open);
        return readable;
      }),
    saveResumption: (record, replaces) =>
      guarded(() =>
        writeAtOnce(open, ['resumptions'], 'strict', async (transaction) => {
          const store = transaction.objectStore('resumptions');
          await Promise.all([
            replaces === undefined ? undefined : store.delete(replaces),
            store.put(toResumptionV1(record)),
          ]);
        }),
      ),
    takeResumption: (resumptionId) =>
      guarded(() =>
        writeAtOnce(open, ['resumptions'], 'strict', async (transaction) => {
          const store = transaction.objectStore('resumptions');
          const isThere = (await store.count(resumptionId)) > 0;
          await store.delete(resumptionId);
          return isThere;
        }),
      ),
  };
}

function toResumptionV1(record: StoredResumption): v.InferOutput<typeof resumptionV1> {
  const { resumptionId, peerId, sessionId, key, signingKey, peerSigningKey, peerCertificates, ...rest } = record;
  const { isExtended, resumed, role, createdAt, expiresAt, ...undecided } = rest;
  undecided satisfies NoMembers;
  const { signing, encryption, ...undecidedOfPair } = peerCertificates;
  undecidedOfPair satisfies NoMembers;
  return {
    resumptionId,
    peerId,
    sessionId,
    key,
    signingKey,
    peerSigningKey,
    peerCertificates: { signing, encryption },
    ...(isExtended === undefined ? {} : { isExtended }),
    ...(resumed === undefined ? {} : { resumed }),
    role,
    createdAt,
    expiresAt,
  };
}

/** A resumption saves a handshake, no more: one that is damaged must not keep the agent from starting. */
function dropUnreadable(open: OpenDatabase): Promise<void> {
  return writeAtOnce(open, ['resumptions'], 'relaxed', async (transaction) => {
    for await (const cursor of transaction.objectStore('resumptions').iterate()) {
      if (!v.is(resumptionV1, cursor.value)) await cursor.delete();
    }
  });
}
