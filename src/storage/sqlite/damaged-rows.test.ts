import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { mutatedJson } from '../../group/testing/mutated-json.ts';
import { Chance } from '../../mls/testing/chance.ts';
import { mutatedBytes } from '../../mls/testing/mutated-bytes.ts';
import { openAuthorityFile } from '../file/authority-file.ts';
import { fillForDamage, fuzzedRows } from '../testing/damaged-rows.ts';
import { openSqliteControllerStore, type SqliteControllerStore } from './controller-store.ts';

const runs = inject('exhaustive') ? 10_000 : 40;
const numbers = [0, 1, -1, 7, 2 ** 31, -(2 ** 53), 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];

let folder = '';
let opened: SqliteControllerStore;
let raw: DatabaseSync;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-damaged-'));
  const path = join(folder, 'controller.db');
  opened = await openSqliteControllerStore(path, openAuthorityFile(join(folder, 'ca.pem')));
  await fillForDamage(opened.delivery);
  raw = new DatabaseSync(path);
  raw.exec('PRAGMA synchronous = OFF');
});
afterAll(async () => {
  raw.close();
  opened.close();
  await rm(folder, { recursive: true });
});

interface Table {
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, SQLInputValue>>[];
}

function tables(): readonly Table[] {
  const names = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'delivery%'").all();
  return names.map(({ name }) => ({
    name: String(name),
    rows: raw.prepare(`SELECT * FROM ${String(name)}`).all(),
  }));
}

function restore(all: readonly Table[]): void {
  raw.exec('BEGIN IMMEDIATE');
  for (const { name, rows } of all) {
    raw.exec(`DELETE FROM ${name}`);
    for (const row of rows) {
      const columns = Object.keys(row);
      const places = columns.map(() => '?').join(', ');
      raw.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places})`).run(...Object.values(row));
    }
  }
  raw.exec('COMMIT');
}

/** Returns another value that the column takes. */
function mutated(value: SQLInputValue | undefined, chance: Chance): SQLInputValue {
  if (value instanceof Uint8Array) return mutatedBytes(new Uint8Array(value), chance);
  if (typeof value !== 'string') return chance.pick(numbers);
  const isJson = value.startsWith('{');
  const changed = isJson && chance.percent(70) ? mutatedJson(JSON.parse(value), chance) : undefined;
  return new TextDecoder().decode(changed ?? mutatedBytes(new TextEncoder().encode(value), chance));
}

test('a row of the delivery service that is damaged is storage_failed for its group or agent alone', {
  timeout: 3_600_000,
}, async () => {
  const all = tables();
  const refused = await fuzzedRows(
    {
      store: opened.delivery,
      isWhole: true,
      damage: async (chance, { group, writer, reader }) => {
        const isOf = (row: Table['rows'][number]) =>
          Object.values(row).some((value) => [group, writer, reader].includes(String(value)));
        const owned = all.flatMap(({ name, rows }) => rows.filter(isOf).map((row) => ({ name, row })));
        const { name, row } = chance.pick(owned);
        // Where a row stands is not damaged: it would be a row of somebody else.
        const column = chance.pick(
          Object.keys(row).filter((each) => !['agent_id', 'group_id', 'sender'].includes(each)),
        );
        const value = mutated(row[column], chance);
        const where = Object.keys(row)
          .map((each) => `${each} IS ?`)
          .join(' AND ');
        raw.prepare(`UPDATE OR REPLACE ${name} SET ${column} = ? WHERE ${where}`).run(value, ...Object.values(row));
        return `${name}.${column} = ${typeof value === 'string' ? JSON.stringify(value.slice(0, 300)) : String(value)}`;
      },
      restore: async () => restore(all),
    },
    runs,
    new Chance(Date.now()),
  );
  expect(refused).toBeGreaterThan(runs / 10);
});
