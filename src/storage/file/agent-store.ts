import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { AgentStore, StoredIdentity } from '../../agent/contracts/ports.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { guarded } from '../guarded.ts';
import {
  identityFromJson,
  identityToJson,
  type PublicIdentity,
  verificationFromJson,
  verificationToJson,
} from '../json/agent-records.ts';
import { createMemoryResumptions } from '../memory/resumptions.ts';
import { nonceV1 } from '../records/agent.ts';
import { openArchives } from './archives.ts';
import { consoleLinesFile } from './console-lines.ts';
import { openAgentDatabase } from './database.ts';
import { openFileRecords } from './file-records.ts';
import { openFolderVault } from './folder-vault.ts';
import { openGroups } from './groups.ts';
import { openHistory } from './history.ts';
import { HistoryKeyFile } from './history-key-file.ts';
import { KeyFile } from './key-file.ts';
import { makeFolder } from './make-folder.ts';
import { openOfferedFiles } from './offered-files.ts';
import { openRecordings } from './recordings.ts';
import { openRequests } from './requests.ts';

/** An agent's store in a folder, held by one process at a time. */
export interface FileAgentStore extends AgentStore {
  close(): void;
}

/**
 * Opens an agent's store in `folder`: its private keys and those of its history in files for their owner alone,
 * encrypted when there is a passphrase; the rest in SQLite. New keys have to be extractable, once; those it loads are
 * not. The keys of a resumption never are, so they cannot be written: what can be resumed lives as long as the
 * process. Files that come go to the folder `files` in it, or to another one. Rejects with `agent_in_use` while another process has it open, with `storage_failed`, and with
 * `storage_full`.
 */
export async function openFileAgentStore(
  folder: string,
  options: { readonly passphrase?: string; readonly files?: string } = {},
): Promise<FileAgentStore> {
  const path = join(folder, 'agent.db');
  const keyFile = new KeyFile(folder, options.passphrase);
  const historyKeyFile = new HistoryKeyFile(folder, options.passphrase);
  const { clear: clearResumptions, ...resumptions } = createMemoryResumptions();
  let open: DatabaseSync | undefined;
  let isClosed = false;
  const database = (): DatabaseSync => {
    if (isClosed) throw new ParleyError('storage_failed', 'This agent is closed.');
    open ??= openAgentDatabase(path);
    return open;
  };
  const vault = openFolderVault(
    { path: options.files ?? join(folder, 'files'), isOwn: options.files === undefined },
    database,
  );
  const { clear: clearOffered, ...sources } = openOfferedFiles(database);
  await guarded(async () => {
    await makeFolder(folder);
    database();
  });
  const record = (sql: string, ...values: readonly string[]) =>
    database()
      .prepare(sql)
      .all(...values)
      .map(textOf);

  return {
    ...openHistory(database, historyKeyFile),
    ...openRequests(database),
    ...openGroups(database, () => historyKeyFile.recordKey()),
    ...resumptions,
    ...openArchives(database),
    ...openRecordings(database),
    files: { records: openFileRecords(database), vault, sources },
    keepsKeysAsFiles: true,
    loadIdentity: () =>
      guarded(async () => {
        const [found] = record('SELECT record AS value FROM identity');
        return found === undefined ? undefined : revive(identityFromJson(found), keyFile);
      }),
    saveIdentity: (identity) =>
      guarded(async () => {
        const flat = await flatten(identity);
        if (identity.signing.privateKey.extractable) {
          await keyFile.write(await exportKeys(identity));
        } else {
          const [found] = record('SELECT record AS value FROM identity');
          if (found === undefined || !haveSameKeys(identityFromJson(found), flat)) {
            throw new ParleyError(
              'storage_failed',
              'These keys are not the ones in the key file. Nothing was changed.',
            );
          }
        }
        database().prepare('INSERT OR REPLACE INTO identity VALUES (1, ?)').run(identityToJson(flat));
      }),
    loadNonces: (since) =>
      guarded(async () =>
        database()
          .prepare('SELECT key, seen_at AS seenAt FROM nonces WHERE seen_at >= ?')
          .all(since)
          .map((row) => v.parse(nonceV1, row)),
      ),
    addNonce: ({ key, seenAt }) =>
      guarded(async () => {
        database().prepare('INSERT OR REPLACE INTO nonces VALUES (?, ?)').run(key, seenAt);
      }),
    dropNonces: (before) =>
      guarded(async () => {
        database().prepare('DELETE FROM nonces WHERE seen_at < ?').run(before);
      }),
    loadVerifications: () =>
      guarded(async () => record('SELECT record AS value FROM verifications').map(verificationFromJson)),
    saveVerification: (verification) =>
      guarded(async () => {
        const text = verificationToJson(verification);
        database().prepare('INSERT OR REPLACE INTO verifications VALUES (?, ?)').run(verification.peerId, text);
      }),
    dropVerification: (peerId) =>
      guarded(async () => {
        database().prepare('DELETE FROM verifications WHERE id = ?').run(peerId);
      }),
    erase: () =>
      guarded(async () => {
        await vault.clear();
        clearOffered();
        open?.close();
        open = undefined;
        await keyFile.erase();
        await historyKeyFile.erase();
        clearResumptions();
        for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
        await rm(join(folder, consoleLinesFile), { force: true });
      }),
    close: () => {
      isClosed = true;
      open?.close();
      open = undefined;
    },
  };
}

function textOf({ value }: Record<string, unknown>): string {
  if (typeof value === 'string') return value;
  throw new ParleyError('storage_failed', 'A stored record is damaged. Restore the data from a backup.');
}

async function flatten({ signing, encryption, ...rest }: StoredIdentity): Promise<PublicIdentity> {
  return { ...rest, signingSpki: await spki(signing.publicKey), encryptionSpki: await spki(encryption.publicKey) };
}

function haveSameKeys(a: PublicIdentity, b: PublicIdentity): boolean {
  const keys = ({ signingSpki, encryptionSpki }: PublicIdentity) => `${toHex(signingSpki)} ${toHex(encryptionSpki)}`;
  return keys(a) === keys(b);
}

async function exportKeys({ signing, encryption }: StoredIdentity) {
  return { signing: await pkcs8(signing.privateKey), encryption: await pkcs8(encryption.privateKey) };
}

async function revive(
  { signingSpki, encryptionSpki, ...rest }: PublicIdentity,
  file: KeyFile,
): Promise<StoredIdentity> {
  const keys = await file.read();
  try {
    return {
      ...rest,
      signing: await pairOf('RSA-PSS', ['sign', 'verify'], keys.signing, signingSpki),
      encryption: await pairOf('RSA-OAEP', ['decrypt', 'encrypt'], keys.encryption, encryptionSpki),
    };
  } finally {
    keys.signing.fill(0);
    keys.encryption.fill(0);
  }
}

async function pairOf(
  name: 'RSA-PSS' | 'RSA-OAEP',
  [privateUse, publicUse]: readonly [KeyUsage, KeyUsage],
  privateBytes: Bytes,
  publicBytes: Bytes,
): Promise<CryptoKeyPair> {
  const algorithm = { name, hash: 'SHA-256' };
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', privateBytes, algorithm, false, [privateUse]),
    publicKey: await crypto.subtle.importKey('spki', publicBytes, algorithm, true, [publicUse]),
  };
}

async function spki(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('spki', key));
}

async function pkcs8(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', key));
}
