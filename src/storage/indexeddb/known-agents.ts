import { type IDBPDatabase, openDB } from 'idb';
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

/**
 * Returns true when this browser holds something of an agent that forgetting it would lose: a registration, exchanges of a conversation,
 * or an imported history. False also where it holds nothing at all. Rejects with `storage_failed`.
 */
export function keepsAnything(agentId: string): Promise<boolean> {
  return guarded(async () => {
    const name = agentDatabaseName(agentId);
    if (!(await indexedDB.databases()).some((database) => database.name === name)) return false;
    const keeps = await withDatabase(agentId, async (database) => {
      const { success, output } = v.safeParse(stored, await identityIn(database));
      if (success && output.registration !== undefined) return true;
      for (const store of ['exchanges', 'archives']) {
        if (database.objectStoreNames.contains(store) && (await database.count(store)) > 0) return true;
      }
      return false;
    });
    return keeps ?? false;
  });
}

/** Reads an agent's entry; none when the agent was forgotten since its database was listed. */
async function readAgent(agentId: string): Promise<readonly KnownAgent[]> {
  const agent = await withDatabase(agentId, async (database): Promise<KnownAgent> => {
    const { success, output } = v.safeParse(stored, await identityIn(database));
    if (!success) return { agentId };
    const { usedAt, registration } = output;
    const use = usedAt === undefined ? {} : { usedAt };
    if (registration === undefined) return { agentId, ...use };
    const signing = new Uint8Array(registration.certificates.signing);
    return { agentId, ...use, signingFingerprint: hexPairs(await sha256(crypto.subtle, signing)) };
  });
  return agent === undefined ? [] : [agent];
}

/** Returns the record of an agent's identity as it is stored, whatever it is; undefined where there is none. */
async function identityIn(database: IDBPDatabase): Promise<unknown> {
  return database.objectStoreNames.contains('identity') ? database.get('identity', 'self') : undefined;
}

/** Opens an agent's database for one piece of work; undefined when it is not there any more. */
async function withDatabase<T>(agentId: string, work: (database: IDBPDatabase) => Promise<T>): Promise<T | undefined> {
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
  if (database === undefined) return undefined;
  try {
    return await work(database);
  } finally {
    database.close();
  }
}
