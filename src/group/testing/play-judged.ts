import { Chance } from '../../mls/testing/chance.ts';
import { toHex } from '../../protocol/bytes.ts';
import { membersIn } from '../credential/members.ts';
import type { Verdict } from '../rules/commit-change.ts';
import type { GroupWorld } from './group-world.ts';
import { JudgedHistory } from './judged-history.ts';

const steps = 14;

/**
 * Plays a random history in which every member judges every commit. Returns what they found. Throws when two find different things, or when
 * the members are not in one epoch after it.
 */
export async function playJudged(world: GroupWorld, seed: number): Promise<readonly string[]> {
  const history = new JudgedHistory(world, new Chance(seed));
  await history.begin();
  const found: string[] = [];
  for (let step = 0; step < steps && history.members.length > 1; step++) {
    const findings = [...(await history.step()).values()];
    const [first] = findings;
    if (first === undefined) throw new Error('Nobody found anything.');
    const where = `Seed ${seed}, step ${step}`;
    const all = new Set(findings.map((finding) => JSON.stringify(finding)));
    if (all.size > 1) throw new Error(`${where}: members judge differently: ${[...all].join(', ')}`);
    found.push(codeOf(first));
    requireOneEpoch(history, where);
  }
  return found;
}

function requireOneEpoch({ members }: JudgedHistory, where: string): void {
  const [first] = members;
  if (first === undefined) throw new Error(`${where}: the group is empty.`);
  const epochs = new Set(members.map(({ authenticator }) => toHex(authenticator)));
  if (epochs.size > 1) throw new Error(`${where}: members are in ${epochs.size} epochs.`);
  const inTree = membersIn(first.state.tree)
    .map(({ agentId }) => agentId)
    .toSorted();
  if (new Set(inTree).size < inTree.length) throw new Error(`${where}: an agent has two leaves.`);
  const names = members.map(({ name }) => name).toSorted();
  if (names.join() !== inTree.join()) throw new Error(`${where}: ${names.join()} have ${inTree.join()} in the tree.`);
}

function codeOf(finding: Verdict | string): string {
  if (typeof finding === 'string') return finding;
  if ('needs' in finding) return finding.needs;
  return finding.valid ? 'valid' : finding.code;
}
