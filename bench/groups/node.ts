import { memoryOfProcess } from '../node-memory.ts';
import { memoryOfGroup } from './memory.ts';
import { benchGroups, type GroupRow } from './suite.ts';

/** Groups of up to so many members in Node, with what one takes of memory. */
export async function benchGroupsInNode(upTo: number): Promise<readonly GroupRow[]> {
  const memory = memoryOfProcess();
  const rows: GroupRow[] = [];
  for (const row of await benchGroups('Node', upTo)) {
    rows.push({ ...row, memory: await memoryOfGroup(row.members, memory) });
  }
  return rows;
}
