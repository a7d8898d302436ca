import { openDB } from 'idb';
import * as v from 'valibot';
import { hexPairs } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { isBytes } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import { agentDatabaseName } from './schema.ts';

/** An agent whose keys are in this browser. */
export interface KnownAgent {
  readonly agentId: string;
  /** SHA-256 of the signing certificate, lowercase hex in pairs joined by `:`, once it has registered. */
  readonly signingFingerprint?: string;
  /** Milliseconds since 1970 when it was last open and ready. */
  readonly usedAt?: number;
}

const stored = v.object({
  usedAt: v.optional(v.number()),
  registration: v.optional(v.object({ certificates: v.object({ signing: v.custom<Uint8Array>(isBytes) }) })),
});

/** Returns the agents that have a database in this browser, the last used first. Rejects with `storage_failed`. */
export function knownAgents(): Promise<readonly KnownAgent[]> {
  return guarded(async () => {
    const prefix = agentDatabaseName('');
    const databases = await indexedDB.databases();
    const names = databases
      .flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []))
      .filter(isAgentId);
    const agents = await Promise.all(names.map(readAgent));
    return agents.flat().sort((a, b) => (b.usedAt ?? 0) - (a.usedAt ?? 0) || a.agentId.localeCompare(b.agentId));
  });
}

/** Reads an agent's entry; none when the agent was forgotten since its database was listed. */
async function readAgent(agentId: string): Promise<readonly KnownAgent[]> {
  let isGone = false;
  const database = await openDB(agentDatabaseName(agentId), undefined, {
    // Opening what is not there would make it, empty, and the agent of this name could then keep nothing.
    upgrade(_database, _oldVersion, _newVersion, transaction) {
      isGone = true;
      transaction.done.catch(() => undefined);
      transaction.abort();
    },
  }).catch((error: unknown) => {
    if (!isGone) throw error;
    return undefined;
  });
  if (database === undefined) return [];
  try {
    const record: unknown = database.objectStoreNames.contains('identity') && (await database.get('identity', 'self'));
    const { success, output } = v.safeParse(stored, record);
    if (!success) return [{ agentId }];
    const { usedAt, registration } = output;
    const use = usedAt === undefined ? {} : { usedAt };
    if (registration === undefined) return [{ agentId, ...use }];
    const signing = new Uint8Array(registration.certificates.signing);
    return [{ agentId, ...use, signingFingerprint: hexPairs(await sha256(crypto.subtle, signing)) }];
  } finally {
    database.close();
  }
}
