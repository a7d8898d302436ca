import type { Reader } from '../../mls/codec/reader.ts';
import type { Writer } from '../../mls/codec/writer.ts';
import type { ClearLists } from '../log/entry.ts';
import type { EntryToAppend } from '../member/own-entries.ts';
import { readHex, readNumber, readText, readUpTo, unreadable, writeHex, writeNumber, writeText } from './record.ts';

const kinds = ['message', 'proposal', 'commit'] as const satisfies readonly EntryToAppend['kind'][];

/** Writes clear lists. */
export function writeLists(writer: Writer, { members, admins }: ClearLists): void {
  writer.vector(members, writeText);
  writer.vector(admins, writeText);
}

/** Reads clear lists. */
export function readLists(reader: Reader): ClearLists {
  return { members: reader.vector(readText), admins: reader.vector(readText) };
}

/** Writes an entry that is to be appended, with the hash by which it is found. */
export function writeEntry(
  writer: Writer,
  { entry, hash }: { readonly entry: EntryToAppend; readonly hash: string },
): void {
  writeHex(writer, entry.entryId);
  writeHex(writer, hash);
  writer.u8(kinds.indexOf(entry.kind));
  writer.u8(entry.isLeaving === true ? 1 : 0);
  writeNumber(writer, entry.after);
  writer.opaque(entry.message);
  writer.optional(entry.lists, writeLists);
  writer.optional(entry.welcome, (inner, { message, to }) => {
    inner.opaque(message);
    inner.vector(to, writeText);
  });
}

/** Reads what `writeEntry` wrote. Throws `storage_failed`. */
export function readEntry(reader: Reader): { readonly entry: EntryToAppend; readonly hash: string } {
  const [entryId, hash] = [readHex(reader, 16), readHex(reader, 32)];
  const kind = kinds[reader.u8()];
  if (kind === undefined) throw unreadable();
  const isLeaving = readUpTo(reader, 1) === 1;
  const after = readNumber(reader);
  const message = reader.opaque();
  const lists = reader.optional(readLists);
  const welcome = reader.optional((inner) => ({ message: inner.opaque(), to: inner.vector(readText) }));
  return {
    hash,
    entry: {
      entryId,
      kind,
      after,
      message,
      ...(lists === undefined ? {} : { lists }),
      ...(isLeaving ? { isLeaving } : {}),
      ...(welcome === undefined ? {} : { welcome }),
    },
  };
}
