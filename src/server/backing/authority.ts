import { verify, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { loadOrCreateAuthority } from '../../controller/authority.ts';
import type { AgentRecord, AuthorityStore, StoredAuthority } from '../../controller/store.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { type AuthorityPin, pinAuthority, readAuthorityPin } from '../../storage/sqlite/authority-pin.ts';
import type { Log } from '../telemetry/log.ts';

/** Where a server that is alone keeps what belongs together, and what its operator allows. */
export interface AuthorityFiles {
  readonly database: string;
  readonly ca: string;
  /** May begin with another CA: the database of the former one is set aside. */
  readonly newCa: boolean;
  /** May begin without the database that was there. */
  readonly newDatabase: boolean;
}

const nothingKnown: AuthorityPin = { fingerprint: undefined, anAgent: undefined };

/**
 * Makes sure that the CA in its file is the one that the agents in the database belong to; makes one at the first start. Throws
 * `storage_failed` when one of both is missing or is not the other's, with the fingerprint that is missed and what to do.
 */
export async function settleAuthority(files: AuthorityFiles, store: AuthorityStore, log: Log): Promise<void> {
  const { database, ca, newCa, newDatabase } = files;
  const stored = await store.loadAuthority();
  const found = stored === undefined ? undefined : await readCa(ca, stored);
  const isThere = existsSync(database);
  if (!isThere && found !== undefined && !newDatabase) throw withoutDatabase(files, fingerprintOf(found));
  const pin = isThere ? await readAuthorityPin(database) : nothingKnown;
  const refusal = mismatch(files, pin, found);
  if (refusal !== undefined) {
    if (!newCa) throw refusal;
    for (const path of hasEnded(found) ? [database, ca] : [database]) {
      log('warn', 'set_aside', { file: await setAside(path) });
    }
  }
  const kept = await loadOrCreateAuthority(store, Math.floor(Date.now() / 1_000), (length) =>
    crypto.getRandomValues(new Uint8Array(length)),
  );
  const certificate = await readCa(ca, kept);
  await pinAuthority(database, fingerprintOf(certificate));
}

function mismatch({ database, ca }: AuthorityFiles, pin: AuthorityPin, found: X509Certificate | undefined) {
  const { fingerprint: wanted, anAgent } = pin;
  const missed = wanted ?? 'which this database of an earlier version does not name';
  const offer =
    'Restore it from its backup. If it is lost, start once with --new-ca: the database is set aside, and every agent has to register again.';
  if (found === undefined) {
    if (wanted === undefined && anAgent === undefined) return undefined;
    return new ParleyError(
      'storage_failed',
      `The CA that the agents in ${database} belong to is not in ${ca}; its SHA-256 fingerprint is ${missed}. ${offer}`,
    );
  }
  const isOther =
    wanted === undefined ? anAgent !== undefined && !isIssuer(found, anAgent) : wanted !== fingerprintOf(found);
  if (!isOther) return hasEnded(found) ? ended(ca, found) : undefined;
  return new ParleyError(
    'storage_failed',
    `${ca} holds the CA ${fingerprintOf(found)}, but the agents in ${database} belong to another; its SHA-256 fingerprint is ${missed}. ${offer}`,
  );
}

function withoutDatabase({ database, ca }: AuthorityFiles, fingerprint: string): ParleyError {
  return new ParleyError(
    'storage_failed',
    `${ca} holds the CA ${fingerprint}, but ${database} with its agents and revocations is missing. Restore it from its backup, or start once with --new-database: all revocations are forgotten, and every name is free.`,
  );
}

/** True when the CA has signed the agent's certificate, or where that cannot be read. */
function isIssuer(ca: X509Certificate, { certificates }: AgentRecord): boolean {
  try {
    return new X509Certificate(certificates.signing).verify(ca.publicKey);
  } catch (error) {
    if (isError(error) && 'code' in error) return true;
    throw error;
  }
}

/**
 * Reads the CA's certificate. Throws `storage_failed` when it cannot be read, or when the key beside it is another's.
 */
export async function readCa(path: string, { certificate, signingKey }: StoredAuthority): Promise<X509Certificate> {
  let read: X509Certificate;
  try {
    read = new X509Certificate(certificate);
  } catch (cause) {
    const detail = `The CA's certificate in ${path} is damaged. Restore it from its backup.`;
    throw new ParleyError('storage_failed', detail, { cause });
  }
  const probe = new TextEncoder().encode('parley CA');
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, signingKey, probe);
  const key = { key: read.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (verify('sha256', probe, key, new Uint8Array(signature))) return read;
  throw new ParleyError(
    'storage_failed',
    `The key in ${path} is not that of the certificate. Restore the file from its backup.`,
  );
}

/** Returns the SHA-256 of a certificate, spelled as agents show the CA that they have pinned. */
export function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.toLowerCase();
}

function hasEnded(ca: X509Certificate | undefined): ca is X509Certificate {
  return ca !== undefined && ca.validToDate.getTime() < Date.now();
}

function ended(path: string, ca: X509Certificate): ParleyError {
  return new ParleyError(
    'storage_failed',
    `The CA in ${path} expired on ${ca.validTo}: no agent accepts its certificates. Start once with --new-ca: the CA and the database are set aside, and every agent has to register again.`,
  );
}

/** Renames a file, and the log of a database; nothing of them is deleted. */
async function setAside(path: string): Promise<string> {
  const aside = `${path}.set-aside-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(path + suffix)) await rename(path + suffix, aside + suffix);
  }
  return aside;
}
