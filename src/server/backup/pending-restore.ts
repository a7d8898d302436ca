import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { ParleyError } from '../../protocol/errors.ts';
import { writePrivateFile } from '../../storage/file/private-file.ts';
import { syncFolder } from '../../storage/file/sync-folder.ts';
import { partNames } from './archive.ts';

/** Where the files go that are not whole yet, and, by one rename, where they are when the restore counts. */
export const partialFolder = (data: string) => join(data, 'restore.partial');
const readyFolder = (data: string) => join(data, 'restore.ready');

const planName = 'plan.json';
const plan = v.object({ ca: v.nullable(v.string()), aside: v.string() });

/** Where the CA goes (null: `ca.pem` in the data folder), and what is added to the names of the files that were there. */
export type RestorePlan = v.InferOutput<typeof plan>;

/** True while files of a restore wait to be put in their places. */
export function isRestorePending(data: string): boolean {
  return existsSync(readyFolder(data));
}

/** Makes a restore count whose files are all in `partialFolder`: from then on it is finished, by whoever takes the folder next. */
export async function commitRestore(data: string, chosen: RestorePlan): Promise<void> {
  await writePrivateFile(join(partialFolder(data), planName), `${JSON.stringify(chosen)}\n`);
  await rename(partialFolder(data), readyFolder(data));
  await syncFolder(data);
}

/**
 * Finishes a restore that counts, and removes one that was interrupted before. Called by whoever has the lock of the data folder,
 * before anything in it is opened; what was done already is not done again. True when a restore was finished.
 */
export async function settleRestore(data: string): Promise<boolean> {
  await rm(partialFolder(data), { recursive: true, force: true });
  const ready = readyFolder(data);
  if (!existsSync(ready)) return false;
  const chosen = await readPlan(join(ready, planName));
  if (chosen !== undefined) {
    const { ca, aside } = chosen;
    await placeDatabase(join(ready, 'controller.db'), join(data, 'controller.db'), aside);
    for (const name of partNames) {
      const isKept = name !== 'manifest.json' && name !== 'controller.db';
      if (isKept) await placeSecret(join(ready, name), name === 'ca.pem' && ca !== null ? ca : join(data, name), aside);
    }
    // Without its plan nothing is left to do.
    await rm(join(ready, planName));
    await syncFolder(ready);
  }
  await rm(ready, { recursive: true, force: true });
  await syncFolder(data);
  return true;
}

/** A log that belongs to another database would destroy the new one: it goes before. */
async function placeDatabase(source: string, target: string, aside: string): Promise<void> {
  if (!existsSync(source)) return;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(target + suffix)) await rename(target + suffix, `${target}.set-aside-${aside}${suffix}`);
  }
  await syncFolder(dirname(target));
  await rename(source, target);
  await syncFolder(dirname(target));
}

/** The CA may be on another disk, where nothing can be renamed to. */
async function placeSecret(source: string, target: string, aside: string): Promise<void> {
  if (!existsSync(source)) return;
  const content = await readFile(source);
  const former = existsSync(target) ? await readFile(target) : undefined;
  if (former === undefined || Buffer.compare(former, content) !== 0) {
    if (former !== undefined) await writePrivateFile(`${target}.set-aside-${aside}`, former);
    await writePrivateFile(target, content);
  }
  await rm(source);
}

async function readPlan(path: string): Promise<RestorePlan | undefined> {
  if (!existsSync(path)) return undefined;
  const { success, output } = v.safeParse(plan, JSON.parse(await readFile(path, 'utf8')));
  if (success) return output;
  throw new ParleyError('storage_failed', `${path} is damaged. Remove the folder that it is in, and restore again.`);
}
