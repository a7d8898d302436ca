import * as v from 'valibot';
import type { StoredAuditEntry } from '../../agent/contracts/audit-store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { certificatesOf, type PackedEntry, unpackText } from '../audit-entry/packed-entry.ts';
import { storedCertificate, usedUntil } from '../stored-certificate.ts';
import { readableOf, storedAuditEntry } from '../stored-history.ts';
import type { OpenDatabase } from './transaction.ts';

/** The object stores of the audit trail. */
export const auditStores: ('audit' | 'auditCertificates')[] = ['audit', 'auditCertificates'];

/** The object stores of the audit trail within one transaction that writes. */
type WritableStores = (name: (typeof auditStores)[number]) => {
  get(key: string | number): Promise<unknown>;
  getAll(range?: IDBKeyRange): Promise<readonly unknown[]>;
  add(value: unknown): Promise<unknown>;
  put(value: unknown): Promise<unknown>;
  delete(key: string | IDBKeyRange): Promise<void>;
};

/** Returns the last entry; undefined when there is none. */
export async function readLastEntry(open: OpenDatabase): Promise<StoredAuditEntry | undefined> {
  const transaction = (await open()).transaction(auditStores);
  const cursor = await transaction.objectStore('audit').openCursor(null, 'prev');
  const [entry] = cursor === null ? [] : await unpacked(transaction.objectStore('auditCertificates'), [cursor.value]);
  return entry;
}

/** Returns up to `count` entries from an index on. */
export async function readEntries(open: OpenDatabase, from: number, count: number): Promise<StoredAuditEntry[]> {
  const transaction = (await open()).transaction(auditStores);
  const rows = await transaction.objectStore('audit').getAll(IDBKeyRange.lowerBound(from), count);
  return unpacked(transaction.objectStore('auditCertificates'), rows);
}

/** Adds entries, and the certificates they refer to. Rejects when one has its place already. */
export async function addEntries(stores: WritableStores, entries: readonly PackedEntry[]): Promise<void> {
  const [audit, certificates] = [stores('audit'), stores('auditCertificates')];
  await Promise.all(entries.map(({ index, ...entry }) => audit.add(rowOf(index, entry))));
  const used = new Map(
    entries.flatMap((entry) => entry.certificates.map((one) => [one.fingerprint, { ...one, entry }])),
  );
  await Promise.all(
    [...used.values()].map(async ({ fingerprint, der, entry }) => {
      const until = usedUntil(entry.index);
      const [known] = readableOf(storedCertificate, [await certificates.get(fingerprint)]);
      if (known === undefined || known.until < until) await certificates.put({ fingerprint, der, until });
    }),
  );
}

/** Deletes the entries before an index, but not those of `keep`, which are in order, and the certificates that only they referred to. */
export async function deleteEntries(stores: WritableStores, before: number, keep: readonly number[]): Promise<void> {
  const [audit, certificates] = [stores('audit'), stores('auditCertificates')];
  let from = Number.NEGATIVE_INFINITY;
  for (const index of keep) {
    await audit.delete(IDBKeyRange.bound(from, index, true, true));
    from = index;
  }
  await audit.delete(IDBKeyRange.bound(from, before, true, true));
  const kept = readableOf(storedAuditEntry, await audit.getAll(IDBKeyRange.upperBound(before, true)));
  const needed = new Set(kept.flatMap(({ packed }) => (packed ? certificatesOf(packed) : [])));
  const all = readableOf(storedCertificate, await certificates.getAll());
  const unused = all.filter(({ fingerprint, until }) => until <= before && !needed.has(fingerprint));
  await Promise.all(unused.map(({ fingerprint }) => certificates.delete(fingerprint)));
}

function rowOf(index: number, { packed, text, hash }: Omit<PackedEntry, 'index'>): unknown {
  return packed === undefined ? { index, text, hash } : { index, packed, hash };
}

interface Certificates {
  get(fingerprint: string): Promise<unknown>;
}

async function unpacked(certificates: Certificates, rows: readonly unknown[]): Promise<StoredAuditEntry[]> {
  const entries = v.parse(v.array(storedAuditEntry), rows);
  const wanted = new Set(entries.flatMap(({ packed }) => (packed ? certificatesOf(packed) : [])));
  const found = await Promise.all([...wanted].map((fingerprint) => certificates.get(fingerprint)));
  const known = new Map<string, Bytes>(
    readableOf(storedCertificate, found).map(({ fingerprint, der }) => [fingerprint, der]),
  );
  return entries.map(({ index, text, packed, hash }) => ({
    index,
    text: packed ? unpackText(packed, known) : text,
    hash,
  }));
}
