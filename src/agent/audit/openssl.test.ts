import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntryView } from '../contracts/history-views.ts';
import { layOut, type OpenExport, object, openExport, rehashed, withCheckpoint } from './testing/alter.ts';
import { type Conversation, converse, entriesOf, resumedTraveller, talkedMuch } from './testing/conversation.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const ends = 'the chain ends with this head';
const page = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8');

/** The steps of the page, in their order: what every step shares, then each by the word it begins with. */
function stepsOfPage(): { readonly shared: string; readonly steps: ReadonlyMap<string, string> } {
  const section = page.slice(page.indexOf('## Check it with openssl'), page.indexOf('## What it proves'));
  const blocks = [...section.matchAll(/(?:\*\*(.+?)\*\*[^`]*(?:`[^`\n]+`[^`]*)*)?```sh\n(.*?)```/gs)];
  const steps = new Map(blocks.slice(1).map(([, name = '', script = '']) => [name, script]));
  return { shared: blocks[0]?.[2] ?? '', steps };
}

describe.skipIf(!hasOpenssl)('the steps of docs/audit.md, with openssl alone', { timeout: 120_000 }, () => {
  let folder: string;
  let conversation: Conversation;
  let entries: readonly AuditEntryView[];
  const { shared, steps } = stepsOfPage();
  const indexOf = (words: RegExp) => entries.find((entry) => words.test(entry.words))?.index ?? -1;

  const run = (name: string, variables: Readonly<Record<string, string>> = {}) => {
    const script = steps.get(name);
    if (script === undefined) throw new TypeError(`The page has no step ${name}.`);
    const env = { PATH: process.env.PATH ?? '', ...variables };
    const done = spawnSync('sh', ['-c', `${shared}\n${script}`], { cwd: folder, encoding: 'utf8', env });
    return { lines: done.stdout.trim().split('\n'), status: done.status, stderr: done.stderr };
  };
  const keep = (text: string) => writeFileSync(join(folder, 'audit.json'), text);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-audit-'));
    conversation = await converse();
    entries = await entriesOf(conversation.traveller);
    keep(await conversation.traveller.audit.export([indexOf(/^helper_agent_001 sent a request/)]));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('follow the chain', () => {
    expect(run('The chain.')).toMatchObject({ lines: [''], status: 0 });
  });

  test('find the head signed by a certificate of the CA', () => {
    const { lines } = run('The head');
    expect(lines[0]).toMatch(/^sha256 Fingerprint=[0-9A-F:]{95}$/);
    expect(lines.slice(1)).toEqual([
      'signer.pem: OK',
      'signer.pem is that of traveller_agent_001',
      'Verified OK',
      'the chain ends with this head',
    ]);
  });

  test('find a trail whose hashes somebody has made anew, or whose end was cut off', async () => {
    const text = readFileSync(join(folder, 'audit.json'), 'utf8');
    const file = openExport(text);
    expect(layOut(file)).toBe(text);
    const { head } = file.top;
    const check = (altered: OpenExport) => {
      keep(layOut(altered));
      return [...run('The chain.').lines, ...run('The head').lines.slice(2)];
    };
    const at = indexOf(/^helper_agent_001 sent a request/);
    const entries = file.entries.map((one, i) => (i === at ? { ...one, entry: { ...one.entry, at: 1 } } : one));
    const cut = { ...file, entries: file.entries.slice(0, -1) };
    const signer = 'signer.pem is that of traveller_agent_001';
    for (const made of [await rehashed({ ...file, entries }, at), await rehashed(cut, cut.entries.length)]) {
      const anew = check(made);
      expect(anew).toEqual(expect.arrayContaining(['', signer, ends]));
      expect(anew).not.toContain('Verified OK');
      const kept = { ...made, top: { ...made.top, head: head ?? null } };
      expect(check(kept)).toEqual(['', signer, 'Verified OK', 'THE CHAIN DOES NOT END WITH THIS HEAD']);
    }
    const added = { ...file, entries: [...file.entries, ...file.entries.slice(-1)] };
    expect(check(added)).toEqual([
      `entry ${file.entries.length} is not the next`,
      signer,
      'Verified OK',
      'THE CHAIN DOES NOT END WITH THIS HEAD',
    ]);
    keep(text);
  });

  test('find a head in the name of another agent than its signer', async () => {
    const text = readFileSync(join(folder, 'audit.json'), 'utf8');
    keep(
      await conversation.helper.audit
        .export([])
        .then((other) => other.replace(/"agent_id":".*?"/, '"agent_id":"traveller_agent_001"')),
    );
    expect(run('The head').lines[2]).toBe(
      'signer.pem IS NOT THAT OF traveller_agent_001, it is that of helper_agent_001',
    );
    keep(text);
  });

  test('follow a trail from its checkpoint, which its agent has signed, and find one that was altered', async () => {
    const before = readFileSync(join(folder, 'audit.json'), 'utf8');
    const { helper } = await talkedMuch();
    const text = await helper.agent.audit.export([]);
    keep(text);
    expect(run('The chain.')).toMatchObject({ lines: [''], status: 0 });
    expect(run('The head').lines.slice(2)).toEqual(['signer.pem is that of helper_agent_001', 'Verified OK', ends]);
    const file = openExport(text);
    const { length, kept } = object(file.top.checkpoint);
    const [verified, ...each] = run('The checkpoint').lines;
    expect(verified).toBe('Verified OK');
    expect(each).toEqual((Array.isArray(kept) ? kept : []).map(() => 'kept'));
    const handshake = file.entries.find(({ entry }) => entry.kind === 'handshake')?.entry.index;
    expect(Number(handshake)).toBeLessThan(Number(length));
    expect(run('A handshake', { HANDSHAKE: String(handshake) }).lines.slice(-3)).toEqual(
      Array.from({ length: 3 }, () => 'Verified OK'),
    );
    const message = file.entries.findLast(({ entry }) => entry.direction === 'received')?.entry.index;
    const MESSAGE = String(message);
    expect(run('A message', { MESSAGE, SIDE: 'client' }).lines).toEqual(['Signature Verified Successfully']);
    keep(layOut(withCheckpoint(file, { at: 1 })));
    expect(run('The checkpoint').lines).not.toContain('Verified OK');
    keep(before);
  });

  test('find both certificates and the three signatures of a handshake', () => {
    run('The head');
    expect(run('A handshake', { HANDSHAKE: String(indexOf(/^Shook hands/)) }).lines).toEqual([
      'client.pem: OK',
      'client.pem is that of traveller_agent_001',
      'server.pem: OK',
      'server.pem is that of helper_agent_001',
      'Verified OK',
      'Verified OK',
      'Verified OK',
    ]);
  });

  test('find each message signed by its sender, and by nobody else', () => {
    run('The head');
    run('A handshake', { HANDSHAKE: String(indexOf(/^Shook hands/)) });
    for (const [words, side, other] of [
      [/^Sent .* a request/, 'client', 'server'],
      [/^helper_agent_001 sent an answer/, 'server', 'client'],
    ] as const) {
      const MESSAGE = String(indexOf(words));
      expect(run('A message', { MESSAGE, SIDE: side }).lines).toEqual(['Signature Verified Successfully']);
      expect(run('A message', { MESSAGE, SIDE: other }).status).not.toBe(0);
    }
  });

  test('find that a disclosed message is what was committed to, and no other is disclosed', () => {
    const MESSAGE = String(indexOf(/^helper_agent_001 sent a request/));
    const [computed, committed] = run('Its content', { MESSAGE }).lines;
    expect(computed).toMatch(/^[0-9a-f]{64}$/);
    expect(computed).toBe(committed);
    const text = readFileSync(join(folder, 'audit.json'), 'utf8');
    expect(text).toContain('the second secret');
    expect(text).not.toContain('the first secret');
    expect(text).not.toContain('the third secret');
    keep(text.replace('the second secret', 'the second secrets'));
    const [other] = run('Its content', { MESSAGE }).lines;
    expect(other).toMatch(/^[0-9a-f]{64}$/);
    expect(other).not.toBe(committed);
    keep(text);
  });

  test('find an entry that was altered, and one that was taken out', () => {
    const text = readFileSync(join(folder, 'audit.json'), 'utf8');
    keep(text.replace('"sequence":1,', '"sequence":7,'));
    expect(run('The chain.').lines[0]).toMatch(/^entry \d+ was altered$/);
    const lines = text.split('\n');
    keep([...lines.slice(0, 14), ...lines.slice(15)].join('\n'));
    expect(run('The chain.').lines[0]).toMatch(/^entry \d+ is not the next$/);
    keep(text);
  });

  test('find a resumption signed by the keys of the session before', async () => {
    const before = readFileSync(join(folder, 'audit.json'), 'utf8');
    const { agent } = await resumedTraveller();
    const resumed = await entriesOf(agent);
    keep(await agent.audit.export([]));
    const at = (kind: string) => String(resumed.find((entry) => entry.kind === kind)?.index ?? -1);
    run('The head');
    run('A handshake', { HANDSHAKE: at('handshake') });
    const verified = 'Signature Verified Successfully';
    expect(run('A resumption', { RESUMPTION: at('resumption'), SIDE: 'client' }).lines).toEqual([verified, verified]);
    expect(run('A resumption', { RESUMPTION: at('resumption'), SIDE: 'server' }).lines).not.toContain(verified);
    keep(before);
  });
});
