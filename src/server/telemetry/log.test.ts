import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { limitNames } from '../../http/limit-reached.ts';
import type { LogStyle } from '../options/log-style.ts';
import { BoundedLog } from './bounded-log.ts';
import { type Log, streamLog } from './log.ts';
import { logEvents } from './log-events.ts';

const time = new Date('2026-11-27T20:04:32.123Z');

function written(style: LogStyle, use: (log: Log) => void): string[] {
  const texts: string[] = [];
  use(streamLog({ write: (text) => texts.push(text) }, style, () => time));
  return texts;
}

const hostile = 'a\nb\r\u001b[31mred\u0000\u202egnp.exe\u2028next "quoted" ü';

test('an event is one line of JSON, whatever a stranger puts into it, and says the same when it is parsed', () => {
  const [line = '', ...others] = written({ level: 'info', format: 'json' }, (log) =>
    log('warn', 'token_unusable', { file: hostile, count: 3, none: undefined }),
  );
  expect(others).toEqual([]);
  expect(line).toMatch(/^[\x20-\x7eü]*\n$/);
  expect(JSON.parse(line)).toEqual({
    time: '2026-11-27T20:04:32.123Z',
    level: 'warn',
    event: 'token_unusable',
    file: hostile,
    count: 3,
  });
});

test('as text it is one line too, and no value can be taken for another fact', () => {
  const lines = written({ level: 'info', format: 'text' }, (log) => {
    log('info', 'agent_registered', { agent_id: 'helper_agent_001', address: '2001:db8::/64' });
    log('warn', 'token_unusable', { file: hostile });
    log('warn', 'token_unusable', { file: 'a level=error', count: 3, none: undefined, empty: '' });
  });
  expect(lines[0]).toBe(
    '2026-11-27T20:04:32.123Z INFO  agent_registered agent_id=helper_agent_001 address=2001:db8::/64\n',
  );
  expect(lines[1]).toMatch(/^[\x20-\x7eü]*\n$/);
  expect(lines[2]).toBe('2026-11-27T20:04:32.123Z WARN  token_unusable file="a level=error" count=3 empty=""\n');
});

test.each([
  ['debug', 4],
  ['info', 3],
  ['warn', 2],
  ['error', 1],
] as const)('at the level %s %i of four levels are written', (level, count) => {
  const lines = written({ level, format: 'json' }, (log) => {
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log(each, 'listening');
  });
  expect(lines).toHaveLength(count);
});

test('a flood is five lines of each kind, then one line a minute that counts the rest', () => {
  let now = 0;
  const lines: unknown[] = [];
  const bounded = new BoundedLog(
    (level, event, facts) => lines.push({ level, event, ...facts }),
    () => now,
  );
  const flood = (count: number) => {
    for (let at = 0; at < count; at += 1) {
      bounded.write('warn', 'limit_reached', { limit: 'agents' }, { address: `192.0.2.${at % 250}` });
    }
  };
  const end = bounded.start();
  flood(1_000);
  bounded.write('warn', 'limit_reached', { limit: 'renewals' }, { agent_id: 'helper_agent_001' });
  expect(lines).toHaveLength(6);
  expect(lines[4]).toEqual({ level: 'warn', event: 'limit_reached', limit: 'agents', address: '192.0.2.4' });
  now = 61_000;
  bounded.sweep();
  expect(lines).toHaveLength(7);
  expect(lines[6]).toEqual({ level: 'warn', event: 'limit_reached', limit: 'agents', repeated: 995, seconds: 61 });
  // The next minute has five lines of its own, or a flood that goes on would hide whoever comes later.
  flood(1_000);
  expect(lines).toHaveLength(12);
  expect(lines[7]).toMatchObject({ address: '192.0.2.0' });
  now = 122_000;
  bounded.sweep();
  expect(lines).toHaveLength(13);
  expect(lines[12]).toMatchObject({ repeated: 995 });
  now = 183_000;
  bounded.sweep();
  flood(1);
  expect(lines[13]).toMatchObject({ address: '192.0.2.0' });
  flood(10);
  end();
  expect(lines.at(-1)).toMatchObject({ repeated: 6 });
});

test('who comes in a minute of its own is named, however slow and long another one’s flood is', () => {
  let now = 0;
  const lines: unknown[] = [];
  const bounded = new BoundedLog(
    (_level, _event, facts) => lines.push(facts),
    () => now,
  );
  const end = bounded.start();
  const refuse = (address: string) => bounded.write('warn', 'proof_refused', { call: 'connect' }, { address });
  // Six a minute, for an hour.
  for (; now < 3_600_000; now += 10_000) {
    bounded.sweep();
    refuse('192.0.2.1');
  }
  bounded.sweep();
  refuse('198.51.100.2');
  end();
  expect(lines).toContainEqual({ call: 'connect', address: '198.51.100.2' });
});

test('the page for operators lists every event and every limit', () => {
  const page = readFileSync(new URL('../../../docs/operate.md', import.meta.url), 'utf8');
  const listed = (heading: string) => {
    const [, section = ''] = page.split(`\n${heading}\n`);
    const [table = ''] = section.split('\n#');
    return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  };
  expect(listed('## Read the log').toSorted()).toEqual(Object.keys(logEvents).toSorted());
  expect(listed('### Find the limit that refused').toSorted()).toEqual(Object.keys(limitNames).toSorted());
});
