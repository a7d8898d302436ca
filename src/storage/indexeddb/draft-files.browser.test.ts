import { openDB } from 'idb';
import { afterEach, expect, test } from 'vitest';
import { loadDraftFile, saveDraftFile } from './draft-files.ts';
import { loadDrafts, saveDraft } from './drafts.ts';
import { forgetDrafts } from './drafts-database.ts';

const agentId = 'drafting_agent';
const now = 1_800_000_000_000;
const day = 86_400_000;
const plan = new File(['the plan'], 'plan.txt', { type: 'text/plain' });

afterEach(() => forgetDrafts(agentId));

test('a file comes back as it was chosen, encrypted at rest, until it is taken back or 30 days have passed', async () => {
  await saveDraftFile(agentId, 'group one', plan, now);
  const found = await loadDraftFile(agentId, 'group one', now + 29 * day);
  expect([found?.name, found?.type, await found?.text()]).toEqual(['plan.txt', 'text/plain', 'the plan']);
  const database = await openDB(`parley-drafts-${agentId}`);
  const stored = JSON.stringify(await database.getAll('files'), (_, value) =>
    value instanceof Uint8Array ? String.fromCharCode(...value) : value,
  );
  database.close();
  for (const clear of ['plan.txt', 'text/plain', 'the plan']) expect(stored).not.toContain(clear);
  expect(await loadDraftFile(agentId, 'group two', now)).toBeUndefined();
  expect(await loadDraftFile(agentId, 'group one', now + 31 * day)).toBeUndefined();
  await saveDraftFile(agentId, 'group one', undefined, now);
  expect(await loadDraftFile(agentId, 'group one', now)).toBeUndefined();
});

test('the newest 8 files stay, and none that is larger than a group takes', async () => {
  for (let at = 0; at < 9; at += 1) await saveDraftFile(agentId, `group ${at}`, plan, now + at);
  expect(await loadDraftFile(agentId, 'group 0', now + 9)).toBeUndefined();
  expect(await loadDraftFile(agentId, 'group 1', now + 9)).toBeDefined();
  await saveDraftFile(agentId, 'group 1', new File([new Uint8Array(1_048_577)], 'large'), now + 9);
  expect(await loadDraftFile(agentId, 'group 1', now + 9)).toBeUndefined();
});

test('drafts that were stored before files were are still read', async () => {
  const old = await openDB(`parley-drafts-${agentId}`, 1, {
    upgrade(db) {
      db.createObjectStore('key');
      db.createObjectStore('drafts', { keyPath: 'name' }).createIndex('at', 'at');
    },
  });
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode('text group');
  const ciphertext = new Uint8Array(
    await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, new TextEncoder().encode('before')),
  );
  await old.put('key', key, 'self');
  await old.put('drafts', { name: 'text group', at: now, iv, ciphertext });
  old.close();
  expect((await loadDrafts(agentId, now)).get('text group')).toBe('before');
  await saveDraft(agentId, 'text group', 'after', now);
  await saveDraftFile(agentId, 'group', plan, now);
  expect((await loadDrafts(agentId, now)).get('text group')).toBe('after');
});
