import { groupIdentity } from '../../src/group/credential/key-package.ts';
import { groupExtensions } from '../../src/group/profile/group-context.ts';
import { type GroupAgent, type GroupWorld, now, random, signingPair } from '../../src/group/testing/group-world.ts';
import { keyPackageOf } from '../../src/group/testing/judged-group.ts';
import type { CipherSuite } from '../../src/mls/crypto/cipher-suite.ts';
import { createGroup } from '../../src/mls/group/create-group.ts';
import { addAll, type Crowd } from '../../src/mls/testing/crowd.ts';

/** Certifies so many agents. All have one RSA key: making 256 of them would take a minute, and nothing measured depends on whose key it is. */
export async function agentsOf(world: GroupWorld, count: number): Promise<readonly GroupAgent[]> {
  const pair = await signingPair();
  const agents: GroupAgent[] = [];
  for (let at = 0; at < count; at++) agents.push(await world.certify(`agent_${String(at).padStart(3, '0')}`, pair));
  return agents;
}

/** Makes a group as Parley's are: leaves with credentials that RSA vouches for, and a descriptor. */
export async function certifiedCrowd(suite: CipherSuite, agents: readonly GroupAgent[]): Promise<Crowd> {
  const [creator, ...others] = agents;
  if (creator === undefined) throw new RangeError('A group has a creator.');
  const identity = await groupIdentity(creator.claims(), await suite.signature.generateKeyPair(), creator.sign);
  const extensions = groupExtensions({ kind: 'group', name: 'Family', admins: [creator.agentId], createdAt: now });
  const alone = await createGroup(suite, { groupId: random(16), identity, extensions, random });
  const candidates: Awaited<ReturnType<typeof keyPackageOf>>[] = [];
  for (const agent of others) candidates.push(await keyPackageOf(agent));
  const { next, welcome } = await addAll(alone, candidates, random);
  return { alone, candidates, creator: next, welcome };
}
