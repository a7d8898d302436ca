import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { toHex } from '../../protocol/bytes.ts';
import { membersIn } from '../credential/members.ts';
import { GroupWorld } from '../testing/group-world.ts';
import { JudgedHistory } from '../testing/judged-history.ts';
import type { Verdict } from './commit-change.ts';

const seeds = Array.from({ length: inject('exhaustive') ? 100 : 6 }, (_, at) => at + 1);
const steps = 14;

let world: GroupWorld;
const seen = new Set<string>();

beforeAll(async () => {
  world = await GroupWorld.create();
});

describe('in a random history every member judges every commit the same, and stays in one epoch', () => {
  test.each(seeds)('seed %i', async (seed) => {
    const history = new JudgedHistory(world, new Chance(seed));
    await history.begin();
    for (let step = 0; step < steps && history.members.length > 1; step++) {
      const findings = [...(await history.step()).values()];
      const [first] = findings;
      if (first === undefined) throw new Error('Nobody found anything.');
      for (const finding of findings) expect(JSON.stringify(finding), `step ${step}`).toBe(JSON.stringify(first));
      seen.add(codeOf(first));
      checkOneEpoch(history, step);
    }
  });

  test('and they reach what they are for', () => {
    for (const code of ['valid', 'add_not_permitted', 'remove_not_permitted', 'agent_twice', 'credential_purpose']) {
      expect([...seen]).toContain(code);
    }
  });
});

function checkOneEpoch({ members }: JudgedHistory, step: number): void {
  const [first] = members;
  if (first === undefined) throw new Error('The group is empty.');
  expect(new Set(members.map(({ authenticator }) => toHex(authenticator))).size, `step ${step}`).toBe(1);
  const inTree = membersIn(first.state.tree).map(({ agentId }) => agentId);
  expect(new Set(inTree).size, `step ${step}`).toBe(inTree.length);
  expect(members.map(({ name }) => name).sort(), `step ${step}`).toEqual(inTree.toSorted());
}

function codeOf(finding: Verdict | string): string {
  if (typeof finding === 'string') return finding;
  if ('needs' in finding) return finding.needs;
  return finding.valid ? 'valid' : finding.code;
}
