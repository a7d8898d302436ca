import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { RequestChange, RequestStore } from '../../agent/contracts/request-store.ts';
import { fromHex } from '../../protocol/bytes.ts';
import { guarded } from '../guarded.ts';

/** Which requests ran, 40 bytes each, and the floors below which they are forgotten. */
export const requestsSchema = `
  CREATE TABLE requests (
    number INTEGER PRIMARY KEY, peer BLOB NOT NULL, tag BLOB NOT NULL, at INTEGER NOT NULL, sent_at INTEGER
  ) STRICT;
  CREATE TABLE request_floors (peer BLOB PRIMARY KEY, sent_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

const requestRow = v.object({
  number: v.number(),
  peer: v.string(),
  tag: v.string(),
  at: v.number(),
  sentAt: v.nullable(v.number()),
});
const floorRow = v.object({ peer: v.string(), sentAt: v.number() });

/** Opens the part of an agent's store that holds which requests ran. */
export function openRequests(database: () => DatabaseSync): RequestStore {
  return {
    loadRequests: () =>
      guarded(async () => {
        const rows = database()
          .prepare(
            // The database writes hex in a tenth of the time.
            'SELECT number, lower(hex(peer)) AS peer, lower(hex(tag)) AS tag, at, sent_at AS sentAt FROM requests ORDER BY number',
          )
          .all();
        const floors = database()
          .prepare('SELECT lower(hex(peer)) AS peer, sent_at AS sentAt FROM request_floors')
          .all();
        return {
          requests: rows.map((row) => {
            const { sentAt, ...request } = v.parse(requestRow, row);
            return sentAt === null ? request : { ...request, sentAt };
          }),
          floors: floors.map((row) => v.parse(floorRow, row)),
        };
      }),
  };
}

/** Writes what changes, within a transaction of the caller. */
export function putRequests(database: DatabaseSync, { add, drop, floors }: RequestChange): void {
  const remove = database.prepare('DELETE FROM requests WHERE number = ?');
  for (const number of drop) remove.run(number);
  const put = database.prepare('INSERT INTO requests VALUES (?, ?, ?, ?, ?)');
  for (const { number, peer, tag, at, sentAt = null } of add) put.run(number, fromHex(peer), fromHex(tag), at, sentAt);
  const putFloor = database.prepare('INSERT OR REPLACE INTO request_floors VALUES (?, ?)');
  for (const { peer, sentAt } of floors) putFloor.run(fromHex(peer), sentAt);
}
