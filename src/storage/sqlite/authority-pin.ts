import type { AgentRecord } from '../../controller/store.ts';
import { openPrivateDatabase } from '../file/private-database.ts';
import { guarded } from '../guarded.ts';
import { agentFromJson } from '../json/controller-records.ts';

/** Which CA the agents of a Controller's database belong to. */
export interface AuthorityPin {
  /** SHA-256 of the CA's certificate in hex; undefined before one was pinned. */
  readonly fingerprint: string | undefined;
  /** One of the agents, when there is any. */
  readonly anAgent: AgentRecord | undefined;
}

const table =
  'CREATE TABLE IF NOT EXISTS authority (one INTEGER PRIMARY KEY CHECK (one = 1), fingerprint TEXT NOT NULL) STRICT';

/** Returns what the database at `path`, which is there already, knows of its CA. Rejects with `storage_failed`. */
export function readAuthorityPin(path: string): Promise<AuthorityPin> {
  return guarded(async () => {
    const database = openPrivateDatabase(path, { timeout: 5_000 });
    try {
      database.exec(table);
      const pinned = database.prepare('SELECT fingerprint FROM authority').get()?.fingerprint;
      const hasAgents = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'agents'").get() !== undefined;
      const agent = hasAgents ? database.prepare('SELECT record FROM agents LIMIT 1').get()?.record : undefined;
      return {
        fingerprint: typeof pinned === 'string' ? pinned : undefined,
        anAgent: typeof agent === 'string' ? agentFromJson(agent) : undefined,
      };
    } finally {
      database.close();
    }
  });
}

/** Notes the CA that the database belongs to from now on. Rejects with `storage_failed`, and with `storage_full`. */
export function pinAuthority(path: string, fingerprint: string): Promise<void> {
  return guarded(async () => {
    const database = openPrivateDatabase(path, { timeout: 5_000 });
    try {
      database.exec(table);
      database.prepare('INSERT OR REPLACE INTO authority VALUES (1, ?)').run(fingerprint);
    } finally {
      database.close();
    }
  });
}
