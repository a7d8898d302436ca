import type { Bytes } from '../../../protocol/bytes.ts';
import type { GroupRows, PlainChange } from '../rows/group-rows.ts';

/** Rows in memory, unencrypted. `writes` is everything that was written, in its order. */
export function memoryRows(): GroupRows & { readonly writes: PlainChange[] } {
  const rows = new Map<string, Bytes>();
  const keys = new Map<string, CryptoKey>();
  const writes: PlainChange[] = [];
  const nameOf = (group: string, part: string) => `${group} ${part}`;
  return {
    writes,
    read: async (group, part) => rows.get(nameOf(group, part))?.slice(),
    all: async function* (group, prefix) {
      const names = [...rows.keys()].filter((name) => name.startsWith(nameOf(group, prefix))).sort();
      for (const name of names) {
        const bytes = rows.get(name);
        if (bytes !== undefined) yield { part: name.slice(group.length + 1), bytes: bytes.slice() };
      }
    },
    back: async function* (group, prefix, before) {
      const end = nameOf(group, before);
      const names = [...rows.keys()].filter((name) => name.startsWith(nameOf(group, prefix)) && name < end).sort();
      for (const name of names.toReversed()) {
        const bytes = rows.get(name);
        if (bytes !== undefined) yield { part: name.slice(group.length + 1), bytes: bytes.slice() };
      }
    },
    key: async (id) => keys.get(id),
    write: async (change) => {
      writes.push(change);
      for (const { group, part } of change.drop) {
        const name = nameOf(group, part);
        const gone = [...rows.keys()].filter((one) => one === name || (part.endsWith('/') && one.startsWith(name)));
        for (const one of gone) rows.delete(one);
      }
      for (const { group, part, bytes } of change.put) rows.set(nameOf(group, part), bytes.slice());
      for (const { id, key } of change.putKeys ?? []) keys.set(id, key);
      for (const id of change.dropKeys ?? []) keys.delete(id);
    },
  };
}
