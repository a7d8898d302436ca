import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { MlsRow } from '../mls/suite.ts';
import { chartOf, type Line } from './chart.ts';
import type { GroupRow } from './suite.ts';
import type { TalkRow } from './talk.ts';

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const picture = fileURLToPath(new URL('../../docs/groups-update.svg', import.meta.url));
const region = /(?<=<!-- begin: groups -->\n)[\s\S]*(?=<!-- end: groups -->)/;

/** What was measured of groups. */
export interface MeasuredGroups {
  readonly rows: readonly GroupRow[];
  readonly talk: readonly TalkRow[];
}

/** Writes the tables of groups into docs/performance.md and draws the chart beside it. */
export async function writeReport(found: MeasuredGroups): Promise<void> {
  const text = await readFile(page, 'utf8');
  if (!region.test(text)) throw new Error('docs/performance.md has no place for the tables of groups.');
  await writeFile(page, text.replace(region, `\n${reportOf(found)}\n`));
  await writeFile(picture, pictureOf(found.rows));
}

const times: readonly (readonly [heading: string, operation: string])[] = [
  ['add all', 'add all'],
  ['join', 'join'],
  ['update, fresh tree', 'update, fresh tree'],
  ['update, used tree', 'update, used tree'],
  ['process', 'process, used tree'],
  ['encrypt, first', 'encrypt 256 B, first'],
  ['encrypt, later', 'encrypt 256 B, later'],
  ['decrypt, first', 'decrypt 256 B, first'],
  ['decrypt, later', 'decrypt 256 B, later'],
];

/** Returns the tables in Markdown. */
function reportOf({ rows, talk }: MeasuredGroups): string {
  const runtimes = [...new Set(rows.map(({ runtime }) => runtime))];
  const blocks: string[] = runtimes.map((runtime) =>
    [
      `${runtime}, milliseconds (over the raw operations; how many times ts-mls takes):`,
      '',
      ...table(
        ['members', ...times.map(([heading]) => heading)],
        rows.filter((row) => row.runtime === runtime).map((row) => [row.members, ...times.map(timeOf(row.operations))]),
      ),
    ].join('\n'),
  );
  const sizes = rows.filter(({ runtime }) => runtime === runtimes[0]);
  const ofEach = (members: number, of: (row: GroupRow) => string) =>
    rows
      .filter((row) => row.members === members)
      .map(of)
      .join(', ');
  blocks.push(
    [
      `Bytes; in KiB what one group takes at rest and in memory; milliseconds of a join with every check (${runtimes.join(', ')}):`,
      '',
      ...table(
        [
          'members',
          'add all',
          'Welcome',
          'update, fresh tree',
          'update, used tree',
          'message',
          'at rest',
          'memory',
          'checked join',
        ],
        sizes.map(({ members, sent, storedMember }) => [
          members,
          ...[sent.add, sent.welcome, sent.updateFresh, sent.updateUsed, sent.message].map(grouped),
          kib(storedMember),
          ofEach(members, ({ memory = Number.NaN }) => kib(memory)),
          ofEach(members, ({ joinChecked }) => fixed(joinChecked)),
        ]),
      ),
    ].join('\n'),
    '![Bytes and milliseconds of an update over the members, both axes logarithmic](groups-update.svg)',
    [
      'A whole agent in Node, over SQLite, with the search index and the audit trail:',
      '',
      ...table(
        ['members', 'create, ms', 'join, ms', 'say, ms', 'catch up, ms each', 'keys and log, bytes', 'in all, bytes'],
        talk.map(({ members, create, join, say, catchUp, diskPerMessage }) => [
          members,
          grouped(create),
          grouped(join),
          fixed(say),
          fixed(catchUp),
          sizes.find((row) => row.members === members)?.storedPerMessage ?? '',
          grouped(diskPerMessage),
        ]),
      ),
    ].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

function timeOf(operations: readonly MlsRow[]): (of: readonly [string, string]) => string {
  return ([, name]) => {
    const found = operations.find(({ operation }) => operation === name);
    if (found === undefined) return '';
    const { ours, raw, theirs } = found;
    const others = theirs === undefined ? '' : `; ${(theirs / ours).toFixed(1)}×`;
    return `${fixed(ours)} (${(ours / raw).toFixed(2)}${others})`;
  };
}

function pictureOf(rows: readonly GroupRow[]): string {
  const node = rows.filter(({ runtime }) => runtime === rows[0]?.runtime);
  const bytes = (name: string, colour: string, of: (row: GroupRow) => number): Line => ({
    ...{ name, colour },
    points: node.map((row) => [row.members, of(row)]),
  });
  const ms = (operation: string, colour: string): readonly Line[] =>
    [...new Set(rows.map(({ runtime }) => runtime))].map((runtime, place) => ({
      name: `${operation.replace('update, ', '')}, ${runtime}`,
      colour,
      isDashed: place > 0,
      points: rows.flatMap((row) => {
        const found = row.operations.find((one) => one.operation === operation);
        return row.runtime === runtime && found !== undefined ? [[row.members, found.ours] as const] : [];
      }),
    }));
  const [fresh, used] = ['#c2410c', '#2563eb'];
  return chartOf([
    {
      title: 'Bytes of an update, by members',
      lines: [
        bytes('fresh tree', fresh, ({ sent }) => sent.updateFresh),
        bytes('used tree', used, ({ sent }) => sent.updateUsed),
      ],
    },
    {
      title: 'Milliseconds of an update, by members',
      lines: [...ms('update, fresh tree', fresh), ...ms('update, used tree', used)],
    },
  ]);
}

function table(head: readonly string[], body: readonly (readonly (string | number)[])[]): readonly string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}

function fixed(ms: number): string {
  return ms < 10 ? ms.toFixed(ms < 1 ? 2 : 1) : grouped(ms);
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function kib(bytes: number): string {
  return (bytes / 1_024).toFixed(bytes < 10_240 ? 1 : 0);
}
