/** The tables of the delivery service. An earlier version opens a database with these tables too, and leaves them alone. */
export const deliveryTables = `
  CREATE TABLE IF NOT EXISTS delivery_agents (agent_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS delivery_remembered (key TEXT PRIMARY KEY, kept_until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS delivery_remembered_by_time ON delivery_remembered (kept_until);
  CREATE TABLE IF NOT EXISTS delivery_key_packages (
    number INTEGER PRIMARY KEY, agent_id TEXT NOT NULL, hash TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE (agent_id, hash)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS delivery_last_resorts (agent_id TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS delivery_groups (group_id TEXT PRIMARY KEY, next INTEGER NOT NULL, record TEXT NOT NULL, roster TEXT NOT NULL)
    STRICT;
  CREATE TABLE IF NOT EXISTS delivery_entries (
    group_id TEXT NOT NULL, number INTEGER NOT NULL, dropped INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (group_id, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS delivery_messages (
    group_id TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (group_id, number)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS delivery_answers (
    sender TEXT NOT NULL, entry_id TEXT NOT NULL, number INTEGER NOT NULL, head BLOB NOT NULL, kept_until INTEGER NOT NULL,
    PRIMARY KEY (sender, entry_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS delivery_answers_by_time ON delivery_answers (kept_until);
  CREATE TABLE IF NOT EXISTS delivery_positions (
    group_id TEXT NOT NULL, agent_id TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (group_id, agent_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS delivery_upkeep (group_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS delivery_welcomes (
    group_id TEXT NOT NULL, entry INTEGER NOT NULL, sender TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (group_id, entry)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_welcomes_by_sender ON delivery_welcomes (sender, size);
  CREATE TABLE IF NOT EXISTS delivery_inbox (
    agent_id TEXT NOT NULL, number INTEGER NOT NULL, group_id TEXT NOT NULL, entry INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (agent_id, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS delivery_inbox_by_entry ON delivery_inbox (group_id, entry);
  CREATE INDEX IF NOT EXISTS delivery_inbox_by_time ON delivery_inbox (at);
  CREATE TABLE IF NOT EXISTS delivery_inboxes (agent_id TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
