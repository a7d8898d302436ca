import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { benchGroups, type GroupRow } from './suite.ts';

/** Groups of up to so many members in Node, with what a member takes of memory. */
export function benchGroupsInNode(upTo: number): Promise<readonly GroupRow[]> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return benchGroups('Node', upTo, () => {
    if (typeof collect === 'function') collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  });
}
