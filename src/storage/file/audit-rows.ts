import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { StoredAuditEntry } from '../../agent/contracts/audit-store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { certificatesOf, type PackedEntry, unpackText } from '../audit-entry/packed-entry.ts';
import { storedCertificate, usedUntil } from '../stored-certificate.ts';
import { readableOf, storedAuditEntry, storedBytes } from '../stored-history.ts';

/** Entries in their packed form, whose text is empty, and the certificates that they refer to. */
export const packedAuditSchema = `
  ALTER TABLE audit ADD COLUMN packed BLOB;
  CREATE TABLE audit_certificates (
    fingerprint TEXT PRIMARY KEY, der BLOB NOT NULL, until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Returns entries: those of a query that goes on with `rest`. */
export function readEntries(database: DatabaseSync, rest: string, ...values: readonly number[]): StoredAuditEntry[] {
  return database
    .prepare(`SELECT number AS "index", text, packed, hash FROM audit ${rest}`)
    .all(...values)
    .map((row) => v.parse(storedAuditEntry, row))
    .map(({ index, text, packed, hash }) => ({
      index,
      text: packed ? unpackText(packed, certificatesFor(database, packed)) : text,
      hash,
    }));
}

/** Adds entries, and the certificates they refer to. Throws when one has its place already. */
export function addEntries(database: DatabaseSync, entries: readonly PackedEntry[]): void {
  if (entries.length === 0) return;
  const add = database.prepare('INSERT INTO audit (number, text, packed, hash) VALUES (?, ?, ?, ?)');
  const keep = database.prepare(
    `INSERT INTO audit_certificates VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until
      WHERE until < excluded.until`,
  );
  for (const { index, text, packed, hash, certificates } of entries) {
    add.run(index, packed === undefined ? text : '', packed ?? null, hash);
    for (const { fingerprint, der } of certificates) keep.run(fingerprint, der, usedUntil(index));
  }
}

function certificatesFor(database: DatabaseSync, packed: Bytes): ReadonlyMap<string, Bytes> {
  const fingerprints = certificatesOf(packed);
  if (fingerprints.length === 0) return new Map();
  const select = database.prepare('SELECT fingerprint, der, until FROM audit_certificates WHERE fingerprint = ?');
  const found = fingerprints.flatMap((fingerprint) => select.all(fingerprint));
  return new Map(readableOf(storedCertificate, found).map(({ fingerprint, der }) => [fingerprint, der]));
}

/** Drops the certificates that nothing before an index refers to but entries that are gone. */
export function dropCertificates(database: DatabaseSync, before: number): void {
  const kept = database
    .prepare('SELECT packed FROM audit WHERE number < ? AND packed IS NOT NULL')
    .all(before)
    .flatMap(({ packed }) => certificatesOf(v.parse(storedBytes, packed)));
  database
    .prepare('DELETE FROM audit_certificates WHERE until <= ? AND fingerprint NOT IN (SELECT value FROM json_each(?))')
    .run(before, JSON.stringify(kept));
}
