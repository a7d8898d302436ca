import { openDB } from 'idb';
import * as v from 'valibot';
import { isAgentId } from '../../protocol/ids.ts';
import { agentDatabaseName } from './agent-store.ts';
import { guarded } from './guarded.ts';

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
  registration: v.optional(v.object({ certificates: v.object({ signing: v.instance(Uint8Array) }) })),
});

/** The agents that have a database in this browser, the last used first. Rejects with `storage_failed`. */
export function knownAgents(): Promise<readonly KnownAgent[]> {
  return guarded(async () => {
    const prefix = agentDatabaseName('');
    const databases = await indexedDB.databases();
    const names = databases
      .flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []))
      .filter(isAgentId);
    const agents = await Promise.all(names.map(readAgent));
    return agents.sort((a, b) => (b.usedAt ?? 0) - (a.usedAt ?? 0) || a.agentId.localeCompare(b.agentId));
  });
}

async function readAgent(agentId: string): Promise<KnownAgent> {
  const database = await openDB(agentDatabaseName(agentId));
  try {
    const record: unknown = database.objectStoreNames.contains('identity') && (await database.get('identity', 'self'));
    const { success, output } = v.safeParse(stored, record);
    if (!success) return { agentId };
    const { usedAt, registration } = output;
    return {
      agentId,
      ...(usedAt === undefined ? {} : { usedAt }),
      ...(registration === undefined
        ? {}
        : { signingFingerprint: await fingerprint(new Uint8Array(registration.certificates.signing)) }),
    };
  } finally {
    database.close();
  }
}

async function fingerprint(der: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', der));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
