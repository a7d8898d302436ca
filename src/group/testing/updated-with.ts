import { type CreatedCommit, createCommit } from '../../mls/group/create-commit.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import type { CredentialClaims } from '../credential/credential.ts';
import { groupIdentity } from '../credential/key-package.ts';
import { groupSuite } from '../profile/suite.ts';
import { type GroupAgent, random } from './group-world.ts';

/** Makes a commit that brings a member a new signature key and a credential with these claims, signed by `agent`. */
export async function updatedWith(
  { state }: Pick<TestMember, 'state'>,
  agent: GroupAgent,
  claims?: Partial<CredentialClaims>,
): Promise<CreatedCommit> {
  const suite = await groupSuite();
  const signature = await suite.signature.generateKeyPair();
  const newIdentity = await groupIdentity(agent.claims(claims), signature, agent.sign);
  return createCommit(state, { proposals: [], newIdentity, random });
}
