import * as v from 'valibot';
import type { GroupChange, GroupStore } from '../../agent/contracts/group-store.ts';
import { guarded } from '../guarded.ts';
import { groupRowV1, memberPart, toGroupRowV1 } from '../stored-group.ts';
import { secretKey } from './secret-key.ts';
import type { OpenDatabase } from './transaction.ts';

/** The object stores in which this is. */
export const groupStores = ['groupRows', 'groupKeys'] as const;

/** Version 1 of a signature key of a leaf or KeyPackage. It is never changed. */
const groupKeyV1 = v.object({ id: v.string(), key: secretKey('Ed25519') });

/** Opens the part of an agent's store that holds its groups. */
export function openGroups(open: OpenDatabase): GroupStore {
  return {
    groupIds: () =>
      guarded(async () => (await (await open()).getAllKeysFromIndex('groupRows', 'memberOf')).map(([group]) => group)),
    groupRow: (group, part) =>
      guarded(async () => {
        const found = await (await open()).get('groupRows', [group, part]);
        return found === undefined ? undefined : v.parse(groupRowV1, found);
      }),
    groupRows: (group, prefix, after, count) =>
      guarded(async () => {
        // What comes after every part that begins with the prefix, and no part is: parts are ASCII.
        const end = [group, `${prefix}\uffff`];
        if (count <= 0 || after > `${prefix}\uffff`) return [];
        const range = IDBKeyRange.bound([group, after < prefix ? prefix : after], end, after >= prefix, true);
        return v.parse(v.array(groupRowV1), await (await open()).getAll('groupRows', range, count));
      }),
    groupRowsBefore: (group, prefix, before, count) =>
      guarded(async () => {
        const end = before < `${prefix}\uffff` ? before : `${prefix}\uffff`;
        if (count <= 0 || end <= prefix) return [];
        const { store } = (await open()).transaction('groupRows');
        const found: v.InferOutput<typeof groupRowV1>[] = [];
        for await (const { value } of store.iterate(
          IDBKeyRange.bound([group, prefix], [group, end], false, true),
          'prev',
        )) {
          found.push(v.parse(groupRowV1, value));
          if (found.length >= count) break;
        }
        return found;
      }),
    groupKey: (id) =>
      guarded(async () => {
        const found = await (await open()).get('groupKeys', id);
        return found === undefined ? undefined : v.parse(groupKeyV1, found).key;
      }),
  };
}

/** The object stores of a transaction of the caller, in which a change is written. */
interface GroupWriting {
  readonly rows: { put(value: unknown): Promise<unknown>; delete(key: IDBKeyRange): Promise<unknown> };
  readonly keys: { put(value: unknown): Promise<unknown>; delete(id: string): Promise<unknown> };
}

/** Writes what changes; everything is asked for within the call, so that changes follow each other in order. */
export async function putGroups(
  { rows, keys }: GroupWriting,
  { put, drop, putKeys = [], dropKeys = [] }: GroupChange,
): Promise<void> {
  await Promise.all([
    ...drop.map(({ group, part }) =>
      rows.delete(
        part.endsWith('/')
          ? IDBKeyRange.bound([group, part], [group, `${part}\uffff`])
          : IDBKeyRange.only([group, part]),
      ),
    ),
    ...dropKeys.map((id) => keys.delete(id)),
    ...put.map((row) => {
      const stored = toGroupRowV1(row);
      return rows.put(row.part === memberPart ? { ...stored, memberOf: row.group } : stored);
    }),
    ...putKeys.map(({ id, key }) => keys.put({ id, key })),
  ]);
}
