import { expect, test } from 'vitest';
import { opens, roomOf } from './directions.mjs';
import { unusedDoors } from './doors.mjs';

test('a door is used by an import that it opens for, of a file, of a room, or of a room with those inside it', () => {
  const rooms = { pki: ['protocol'], controller: ['pki', 'protocol/**'], ui: ['http/pages.ts'] };
  const files = new Map([
    ['pki/a.ts', "import type { Bytes } from '../protocol/bytes.ts';"],
    ['controller/a.ts', "import { a } from '../pki/a.ts'; import { json } from '../protocol/wire/json.ts';"],
    ['ui/a.tsx', "export { isPage } from '../http/pages.ts';"],
  ]);
  expect(unusedDoors(rooms, files, roomOf, opens)).toEqual([]);
});

test('a door that nobody goes through is told, and what a file of its room imports from elsewhere does not use it', () => {
  const rooms = { pki: ['protocol', 'http'] };
  const files = new Map([['pki/a.ts', "import { b } from './b.ts'; import { x } from '../protocol/wire/json.ts';"]]);
  expect(unusedDoors(rooms, files, roomOf, opens)).toEqual([
    'pki may import protocol, and does not: take the door out of scripts/house',
    'pki may import http, and does not: take the door out of scripts/house',
  ]);
});
