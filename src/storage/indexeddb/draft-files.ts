import * as v from 'valibot';
import {
  draftKey,
  dropOldDrafts,
  hasDrafts,
  oldestDraft,
  openDraft,
  sealDraft,
  withDrafts,
} from './drafts-database.ts';

/** Files of an agent that are stored. */
const most = 8;
/** Bytes of a file that is stored, at most: what a group takes (protocol page, section 4.2). */
const mostBytes = 1_048_576;

const head = v.object({ name: v.string(), type: v.string() });
const record = v.object({ at: v.number() });
/** Bytes of the length of the head. */
const lengthBytes = 4;

const aadOf = (name: string) => `file ${name}`;

/** Returns the file that was chosen and not sent, one of the last 30 days; undefined when there is none. Rejects with `storage_failed`. */
export async function loadDraftFile(agentId: string, name: string, now: number): Promise<File | undefined> {
  if (!(await hasDrafts(agentId))) return undefined;
  return withDrafts(agentId, async (database) => {
    const secret = await draftKey(database);
    const stored = await database.get('files', name);
    const age = v.safeParse(record, stored);
    if (secret === undefined || !age.success || age.output.at < oldestDraft(now)) return undefined;
    const draft = await openDraft(secret, stored, aadOf);
    return draft && fileIn(draft.plaintext);
  });
}

/**
 * Stores a file that was chosen, encrypted as drafts are; without one, and for one over 1 MiB, what was stored is deleted. The newest 8
 * of the last 30 days stay. Rejects with `storage_full` or `storage_failed`.
 */
export async function saveDraftFile(agentId: string, name: string, file: File | undefined, now: number): Promise<void> {
  const plaintext = file === undefined || file.size > mostBytes ? undefined : await bytesOf(file);
  if (plaintext === undefined && !(await hasDrafts(agentId))) return;
  await withDrafts(agentId, async (database) => {
    if (plaintext === undefined) return database.delete('files', name);
    await database.put('files', await sealDraft(database, { name, at: now }, aadOf(name), plaintext));
    await dropOldDrafts(database, 'files', most, now);
  });
}

/** Returns a file as the length of its head, the head as JSON, and its bytes. */
async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  const { name, type } = file;
  const described = new TextEncoder().encode(JSON.stringify({ name, type }));
  const all = new Uint8Array(lengthBytes + described.length + file.size);
  new DataView(all.buffer).setUint32(0, described.length);
  all.set(described, lengthBytes);
  all.set(new Uint8Array(await file.arrayBuffer()), lengthBytes + described.length);
  return all;
}

function fileIn(all: Uint8Array<ArrayBuffer>): File | undefined {
  const end = lengthBytes + new DataView(all.buffer, all.byteOffset).getUint32(0);
  const described = v.safeParse(head, JSON.parse(new TextDecoder().decode(all.subarray(lengthBytes, end))));
  if (!described.success) return undefined;
  return new File([all.subarray(end)], described.output.name, { type: described.output.type });
}
