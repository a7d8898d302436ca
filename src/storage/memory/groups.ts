import type { GroupChange, GroupRow, GroupStore } from '../../agent/contracts/group-store.ts';
import { memberPart } from '../stored-group.ts';

/** An agent's groups for as long as the process lives. */
export interface MemoryGroups extends GroupStore {
  put(change: GroupChange): void;
  clear(): void;
}

/** Creates an empty store of groups. */
export function createMemoryGroups(): MemoryGroups {
  const groups = new Map<string, Map<string, GroupRow>>();
  const keys = new Map<string, CryptoKey>();
  const partsOf = (group: string) => groups.get(group) ?? new Map<string, GroupRow>();
  return {
    groupIds: async () => [...groups].flatMap(([group, parts]) => (parts.has(memberPart) ? [group] : [])).sort(),
    groupRow: async (group, part) => partsOf(group).get(part),
    groupRows: async (group, prefix, after, count) =>
      [...partsOf(group).values()]
        .filter(({ part }) => part.startsWith(prefix) && part > after)
        .sort((a, b) => (a.part < b.part ? -1 : 1))
        .slice(0, count),
    groupRowsBefore: async (group, prefix, before, count) =>
      [...partsOf(group).values()]
        .filter(({ part }) => part.startsWith(prefix) && part < before)
        .sort((a, b) => (a.part < b.part ? 1 : -1))
        .slice(0, count),
    groupKey: async (id) => keys.get(id),
    put: ({ put, drop, putKeys = [], dropKeys = [] }) => {
      for (const { group, part } of drop) {
        const parts = partsOf(group);
        const gone = part.endsWith('/') ? [...parts.keys()].filter((one) => one.startsWith(part)) : [part];
        for (const one of gone) parts.delete(one);
        if (parts.size === 0) groups.delete(group);
      }
      for (const id of dropKeys) keys.delete(id);
      for (const row of put) groups.set(row.group, partsOf(row.group).set(row.part, row));
      for (const { id, key } of putKeys) if (!keys.has(id)) keys.set(id, key);
    },
    clear: () => {
      groups.clear();
      keys.clear();
    },
  };
}
