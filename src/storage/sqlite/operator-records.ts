import type { DatabaseSync } from 'node:sqlite';
import type { LastSeenStore, TokenStore } from '../../controller/store.ts';
import { guarded } from '../guarded.ts';
import { tokensFromJson, tokensToJson } from '../json/controller-records.ts';
import { inTransaction } from './schema.ts';

/** An earlier version opens a database with these tables too, and leaves them alone. */
const tables = `
  CREATE TABLE IF NOT EXISTS registration_tokens (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS seen (agent_id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** An agent that is no more, or whose name was deleted, may be another owner's next time. */
const stray = 'DELETE FROM seen WHERE agent_id NOT IN (SELECT id FROM agents WHERE deleted = 0)';

/** What the operator's commands show, and what keeps it in step with the agents. */
interface OperatorRecords extends TokenStore, LastSeenStore {
  /** Forgets when an agent was seen, within a transaction of the caller. */
  forgetSeen(agentId: string): void;
}

/** Opens what the operator's commands show, in the Controller's database: registration tokens, and when agents were seen last. */
export function openOperatorRecords(database: DatabaseSync): OperatorRecords {
  database.exec(tables);
  // Once: each later write touches its own rows, however many agents there are.
  database.exec(stray);
  const read = database.prepare('SELECT record FROM registration_tokens');
  const write = database.prepare('INSERT OR REPLACE INTO registration_tokens (one, record) VALUES (1, ?)');
  const note = database.prepare(
    'INSERT OR REPLACE INTO seen (agent_id, at) SELECT id, ? FROM agents WHERE id = ? AND deleted = 0',
  );
  const forget = database.prepare('DELETE FROM seen WHERE agent_id = ?');
  const seenAt = database.prepare('SELECT at FROM seen WHERE agent_id = ?');
  const current = () => {
    const record = read.get()?.record;
    return typeof record === 'string' ? tokensFromJson(record) : [];
  };
  return {
    tokens: () => guarded(async () => current()),
    changeTokens: (change) =>
      guarded(async () =>
        inTransaction(database, () => {
          const before = current();
          const after = change(before);
          if (after !== before) write.run(tokensToJson(after));
        }),
      ),
    noteSeen: (agentIds, at) =>
      guarded(async () =>
        inTransaction(database, () => {
          for (const agentId of agentIds) note.run(at, agentId);
        }),
      ),
    lastSeen: (agentIds) =>
      guarded(async () => {
        const seen = new Map<string, number>();
        for (const agentId of agentIds) {
          const at = seenAt.get(agentId)?.at;
          if (typeof at === 'number') seen.set(agentId, at);
        }
        return seen;
      }),
    forgetSeen: (agentId) => void forget.run(agentId),
  };
}
