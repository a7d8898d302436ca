import { join } from 'node:path';
import * as v from 'valibot';
import { readRevocationList } from '../../pki/revocation-list.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { openAuthorityFile } from '../../storage/file/authority-file.ts';
import { readFileUpTo } from '../../storage/file/read-file.ts';
import { inspectDatabase } from '../../storage/sqlite/snapshot.ts';
import { fingerprintOf, readCa } from '../backing/authority.ts';
import { extractArchive, type PartName } from './archive.ts';

export const format = 'parley-backup/1';
const longestManifest = 64 * 1024;

/** What a backup says of itself. */
const manifest = v.object({ format: v.literal(format), created_at: v.string(), parley: v.string() });

/** A backup that was found whole. */
export interface BackupFacts {
  readonly createdAt: string;
  readonly parley: string;
  readonly agents: number;
  /** SHA-256 of the CA's certificate, as agents show it. */
  readonly caFingerprint: string;
  /** Number of the newest revocation list; undefined before one was signed. */
  readonly listNumber: number | undefined;
  readonly parts: readonly PartName[];
}

/**
 * Writes the files of a backup into `folder`, and verifies them: checksums, SQLite's integrity check, that the CA's key is its
 * certificate's, that the database belongs to this CA, and that this CA signed the newest revocation list. Rejects with `storage_failed`.
 */
export async function extractVerified(path: string, folder: string): Promise<BackupFacts> {
  const parts = await extractArchive(path, folder);
  for (const needed of ['manifest.json', 'controller.db', 'ca.pem'] as const) {
    if (!parts.includes(needed)) throw new ParleyError('storage_failed', `The backup has no ${needed}.`);
  }
  const { created_at: createdAt, parley } = await readManifest(join(folder, 'manifest.json'));
  const ca = join(folder, 'ca.pem');
  const authority = await openAuthorityFile(ca).loadAuthority();
  if (authority === undefined) throw new ParleyError('storage_failed', 'The backup has no CA.');
  const certificate = await readCa('the backup', authority);
  const caFingerprint = fingerprintOf(certificate);
  const { agents, list, caFingerprint: pinned } = await inspectDatabase(join(folder, 'controller.db'));
  if (pinned !== undefined && pinned !== caFingerprint) {
    const detail = `The CA is ${caFingerprint}, but the database belongs to ${pinned}.`;
    throw new ParleyError('storage_failed', detail);
  }
  if (list !== undefined) {
    await readRevocationList(list.der, authority.certificate, list.thisUpdate).catch((cause: unknown) => {
      if (!isError(cause)) throw cause;
      const detail = 'The newest revocation list in the database was not signed by this CA.';
      throw new ParleyError('storage_failed', detail, { cause });
    });
  }
  return { createdAt, parley, agents, caFingerprint, listNumber: list?.number, parts };
}

async function readManifest(path: string): Promise<v.InferOutput<typeof manifest>> {
  const text = new TextDecoder().decode(await readFileUpTo(path, longestManifest));
  try {
    return v.parse(manifest, JSON.parse(text));
  } catch (cause) {
    if (!isError(cause)) throw cause;
    const detail = 'The backup was made by a version of Parley that this one does not know. Use that one.';
    throw new ParleyError('storage_failed', detail, { cause });
  }
}
