import type { CipherSuite } from '../crypto/cipher-suite.ts';
import type { Extension } from '../structures/extension.ts';
import { TestClient, TestMember } from './test-member.ts';

/** Makes a group whose first member adds all others by one commit, and then renews its path. */
export async function groupOf(
  suite: CipherSuite,
  count: number,
  extensions: readonly Extension[] = [],
): Promise<readonly [TestMember, TestMember, ...TestMember[]]> {
  const first = await TestMember.create(suite, 'member 0', extensions);
  const names = Array.from({ length: count - 1 }, (_, index) => `member ${index + 1}`);
  const clients = await Promise.all(names.map((name) => TestClient.create(suite, name)));
  const proposals = clients.map(({ keyPackage }) => ({ type: 'add', keyPackage }) as const);
  const { welcome } = await first.commit({ proposals, withPath: true });
  const [second, ...others] = await Promise.all(clients.map((client) => client.join(welcome)));
  if (second === undefined) throw new Error('The group is too small.');
  return [first, second, ...others];
}
