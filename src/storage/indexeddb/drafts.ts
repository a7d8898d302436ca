import {
  draftKey,
  dropOldDrafts,
  hasDrafts,
  oldestDraft,
  openDraft,
  sealDraft,
  withDrafts,
} from './drafts-database.ts';

/** Drafts of an agent that are stored. */
const most = 200;

/** Returns the drafts of an agent by name, those of the last 30 days. Rejects with `storage_failed`. */
export async function loadDrafts(agentId: string, now: number): Promise<ReadonlyMap<string, string>> {
  if (!(await hasDrafts(agentId))) return new Map();
  return withDrafts(agentId, async (database) => {
    const secret = await draftKey(database);
    const texts = new Map<string, string>();
    if (secret === undefined) return texts;
    const newest = IDBKeyRange.lowerBound(oldestDraft(now));
    for (const record of await database.getAllFromIndex('drafts', 'at', newest)) {
      const draft = await openDraft(secret, record, (name) => name);
      if (draft !== undefined) texts.set(draft.name, new TextDecoder().decode(draft.plaintext));
    }
    return texts;
  });
}

/**
 * Stores a draft, encrypted under a key of this agent that no script can take out; without a text the draft is deleted. The newest 200
 * of the last 30 days stay. Rejects with `storage_full` or `storage_failed`.
 */
export function saveDraft(agentId: string, name: string, text: string | undefined, now: number): Promise<void> {
  return withDrafts(agentId, async (database) => {
    if (text === undefined) return database.delete('drafts', name);
    await database.put('drafts', await sealDraft(database, { name, at: now }, name, new TextEncoder().encode(text)));
    await dropOldDrafts(database, 'drafts', most, now);
  });
}
