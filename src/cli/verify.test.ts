import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openExport } from '../agent/audit/testing/alter.ts';
import { converse, resumedTraveller } from '../agent/audit/testing/conversation.ts';
import { withoutWhatWasResumed } from '../agent/audit/testing/sign-anew.ts';
import { exitCodes } from './exit-codes.ts';
import { runParley } from './testing/run.ts';

describe('parley verify', () => {
  let folder: string;
  let audit: string;
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-verify-'));
    const { world, traveller } = await converse();
    audit = await traveller.audit.export([7]);
    writeFileSync(file('audit.json'), audit);
    const ca = await world.controller.fetch(new Request('https://controller.test/controller/ca'));
    writeFileSync(file('ca.pem'), await ca.text());
    const other = await converse();
    const otherCa = await other.world.controller.fetch(new Request('https://controller.test/controller/ca'));
    writeFileSync(file('other.pem'), await otherCa.text());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function verify(...args: string[]): Promise<{ readonly code: number; readonly said: string }> {
    const { code, out } = await runParley('verify', ...args);
    return { code, said: out };
  }

  test('says that an export holds, whose it is, and what it discloses', async () => {
    const { code, said } = await verify(file('audit.json'), '--ca', file('ca.pem'));
    expect(code).toBe(exitCodes.done);
    expect(said).toContain('✓ All 19 entries hold.');
    expect(said).toContain('It is the one you gave.');
    expect(said).toContain('1 handshakes, 0 resumptions, 10 messages');
    expect(said).toContain('Disclosed, entry 7: traveller_agent_001 at ');
    expect(said).toContain('the first secret');
  });

  test('names the entry that was altered', async () => {
    writeFileSync(file('altered.json'), audit.replace('"sequence":0', '"sequence":3'));
    const { code, said } = await verify(file('altered.json'), '--json');
    expect(code).toBe(exitCodes.refused);
    expect(JSON.parse(said)).toMatchObject({ holds: false, broken_at: 7 });
  });

  test('does not call proven what is not, and not altered either', async () => {
    const { agent, signingKey } = await resumedTraveller();
    const unproven = await withoutWhatWasResumed(openExport(await agent.audit.export([])), signingKey);
    writeFileSync(file('unproven.json'), unproven);
    const { code, said } = await verify(file('unproven.json'));
    expect(code).toBe(exitCodes.refused);
    expect(said).toMatch(
      /^\? Nothing was altered in \d+ entries, but not everything can be proven: the beginning of 1 session with /,
    );
    expect(said).toContain('1 handshakes, 0 resumptions');
    const json = await verify(file('unproven.json'), '--json');
    expect(json.code).toBe(exitCodes.refused);
    expect(JSON.parse(json.said)).toMatchObject({ holds: false, unproven: { sessions: 1 } });
  });

  test('refuses another Controller’s trail', async () => {
    const { code, said } = await verify(file('audit.json'), '--ca', file('other.pem'));
    expect(code).toBe(exitCodes.refused);
    expect(said).toContain('✗ The certificates are from another authority than the one given.');
  });

  test.each([
    ['no file', []],
    ['a file that is not there', ['nowhere.json']],
    ['an unknown flag', ['audit.json', '--fast']],
  ])('cannot be used with %s', async (_, args) => {
    expect((await verify(...args)).code).toBe(exitCodes.usage);
  });
});
