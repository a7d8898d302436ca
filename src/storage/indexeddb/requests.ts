import * as v from 'valibot';
import type { RequestChange, RequestStore } from '../../agent/contracts/request-store.ts';
import { guarded } from '../guarded.ts';
import { requestFloorV1, requestV1, toRequestFloorV1, toRequestV1 } from '../records/agent.ts';
import type { OpenDatabase } from './transaction.ts';

/** The object stores in which this is. */
export const requestStores = ['requests', 'requestFloors'] as const;

/** Opens the part of an agent's store that holds which requests ran. */
export function openRequests(open: OpenDatabase): RequestStore {
  return {
    loadRequests: () =>
      guarded(async () => {
        const transaction = (await open()).transaction(['requests', 'requestFloors']);
        const [requests, floors] = await Promise.all([
          transaction.objectStore('requests').getAll(),
          transaction.objectStore('requestFloors').getAll(),
        ]);
        return { requests: v.parse(v.array(requestV1), requests), floors: v.parse(v.array(requestFloorV1), floors) };
      }),
  };
}

/** The object stores of a transaction of the caller, in which a change is written. */
interface RequestWriting {
  readonly requests: { add(value: unknown): Promise<unknown>; delete(number: number): Promise<unknown> };
  readonly floors: { put(value: unknown): Promise<unknown> };
}

/** Writes what changes; everything is asked for within the call, so that changes follow each other in order. */
export async function putRequests(
  { requests, floors }: RequestWriting,
  { add, drop, floors: raised }: RequestChange,
): Promise<void> {
  await Promise.all([
    ...drop.map((number) => requests.delete(number)),
    ...add.map((request) => requests.add(toRequestV1(request))),
    ...raised.map((floor) => floors.put(toRequestFloorV1(floor))),
  ]);
}
