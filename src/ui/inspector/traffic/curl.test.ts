import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WireView } from '../../../agent/contracts/views.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { madeEnvelope } from '../wire/testing/made-envelope.ts';
import { asCurl } from './curl.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-curl-'));
  // Stands in for curl: writes down its arguments, one a line, and what it reads.
  const script = '#!/bin/sh\nprintf "%s\\0" "$@" > "$OUT/arguments"\ncat > "$OUT/body"\n';
  writeFileSync(join(folder, 'curl'), script, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const entry = (change: Partial<WireView>): WireView => ({
  ...{ id: 'w1', at: 1, direction: 'outgoing', method: 'POST', url: "https://localhost:5001/a'b/agent/message" },
  ...{ requestBody: '', requestSize: 0 },
  ...change,
});

/** Runs a command in a shell, with the stand-in for curl. */
function run(command: string) {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, OUT: folder };
  execFileSync('sh', ['-c', command], { env, input: '' });
  const said = readFileSync(join(folder, 'arguments'), 'utf8').split('\0').slice(0, -1);
  return { said, body: readFileSync(join(folder, 'body')) };
}

test('a shell reads back exactly what was sent', () => {
  const text = `{"a":"it's","b":"$HOME \`id\` \\\\n \\"x\\" !"}`;
  const command = asCurl(entry({ requestBody: text, requestSize: new TextEncoder().encode(text).length })) ?? '';
  expect(run(command).said).toEqual([
    ...['-X', 'POST', "https://localhost:5001/a'b/agent/message"],
    ...['-H', 'content-type: application/json', '--data-raw', text],
  ]);
});

test.each([0, 1, 2, 3, 16_000])('a binary envelope of %d bytes of ciphertext is posted to the byte', (length) => {
  const bytes = madeEnvelope(length).map((byte, at) => (at % 7 === 0 ? 255 - (at % 256) : byte));
  const command = asCurl(entry({ requestBody: encodeBase64(bytes), requestForm: 'binary', requestSize: bytes.length }));
  const { said, body } = run(command ?? '');
  expect(said).toEqual([
    ...['-X', 'POST', "https://localhost:5001/a'b/agent/message"],
    ...['-H', 'content-type: application/vnd.parley.envelope', '--data-binary', '@-'],
  ]);
  expect(new Uint8Array(body)).toEqual(bytes);
});

test('what was cut short makes no command', () => {
  expect(asCurl(entry({ requestBody: '{}', requestSize: 99_999 }))).toBeUndefined();
  expect(asCurl(entry({ requestBody: 'AAAA', requestForm: 'binary', requestSize: 99_999 }))).toBeUndefined();
});
