import { beforeAll, describe, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import type { Proposal } from '../structures/proposal.ts';
import { codeOf } from '../testing/code-of.ts';
import { externalCommit } from '../testing/external-joiner.ts';
import { groupOf } from '../testing/group-of.ts';
import { ownLeafOf, proposed, signLeaf, updateLeafOf } from '../testing/hostile-member.ts';
import { receive, refusal } from '../testing/reception.ts';
import { identityOf, random, TestClient, TestMember } from '../testing/test-member.ts';
import { leafAt } from '../tree/ratchet-tree.ts';
import type { LeafIdentity } from './own-key-package.ts';

function remove(leaf: number): Proposal {
  return { type: 'remove', removed: toLeafIndex(leaf) };
}

/** Returns what the leaf of a member stands for, with its key: as the same client would have it when it returns. */
function identityOfMember({ state }: TestMember, identity: LeafIdentity): LeafIdentity {
  const { signatureKey, credential, capabilities } = ownLeafOf(state);
  const signature = { publicKey: signatureKey, privateKey: state.signatureKey };
  return { ...identity, signature, credential, capabilities };
}

describe.each([1, 0xf64a])('an external commit in suite %i', (id) => {
  it.each([2, 3, 4])('brings a new member into a group of %i', async (count) => {
    const suite = await cipherSuite(id);
    const members = await groupOf(suite, count);
    const { message, next } = await externalCommit(members[0].state, { identity: await identityOf(suite, 'new') });
    for (const member of members) expect((await member.receive(message)).isRemoved).toBe(false);
    const all = [...members, new TestMember('new', next)];
    for (const member of all) expect(member.authenticator).toEqual(members[0].authenticator);
    for (const sender of all) {
      const said = await sender.say('hello');
      for (const other of all.filter((one) => one !== sender)) await other.receive(said);
    }
    const { message: commit } = await members[1].commit({ withPath: true });
    for (const member of all.filter((one) => one !== members[1])) await member.receive(commit);
    for (const member of all) expect(member.authenticator).toEqual(members[0].authenticator);
  });

  it('brings a member back in the place of its former leaf', async () => {
    const suite = await cipherSuite(id);
    const members = await groupOf(suite, 4);
    const identity = identityOfMember(members[1], await identityOf(suite, 'member 1'));
    const psk = { type: 'external', pskId: Uint8Array.of(1), psk: random(32) } as const;
    const named = { type: 'external', pskId: psk.pskId, nonce: random(suite.hashLength) } as const;
    const { message, next } = await externalCommit(members[0].state, {
      identity,
      proposals: [remove(1), { type: 'psk', psk: named }],
      psks: [{ id: named, psk: psk.psk }],
    });
    const state = await receive(members[0].state, message, [psk]);
    expect(state.secrets.epochAuthenticator).toEqual(next.secrets.epochAuthenticator);
    expect(next.ownLeaf).toBe(1);
    expect((await members[1].receive(message)).isRemoved).toBe(true);
  });
});

describe('a member that is sent an external commit', () => {
  let suite: CipherSuite;
  let identity: LeafIdentity;
  let reader: TestMember;
  let other: TestMember;

  beforeAll(async () => {
    suite = await cipherSuite(1);
    [reader, other] = await groupOf(suite, 5);
    identity = await identityOf(suite, 'stranger');
  });

  async function refusals(commits: readonly Partial<Parameters<typeof externalCommit>[1]>[]) {
    const codes: string[] = [];
    for (const commit of commits) {
      const { message } = await externalCommit(reader.state, { identity, ...commit });
      codes.push(await refusal(reader.state, message));
    }
    return codes;
  }

  it('takes it with exactly one ExternalInit', async () => {
    const codes = await refusals([{}, { inits: () => [] }, { inits: (init) => [init, init] }]);
    expect(codes).toEqual(['accepted', 'misplaced_external_init', 'misplaced_external_init']);
  });

  it('takes an ExternalInit only that the group’s external key opens', async () => {
    const codes = await refusals([
      { inits: () => [{ type: 'external_init', kemOutput: random(31) }] },
      { inits: () => [{ type: 'external_init', kemOutput: random(32) }] },
    ]);
    expect(codes).toEqual(['decryption_failed', 'invalid_confirmation_tag']);
  });

  it('takes at most one Remove in it, of a member, and no other proposals', async () => {
    const { keyPackage } = await TestClient.create(suite, 'new');
    const update = { type: 'update', leafNode: await updateLeafOf(other.state) } as const;
    const codes = await refusals([
      { proposals: [remove(1)] },
      { proposals: [remove(1), remove(2)] },
      { proposals: [remove(77)] },
      { proposals: [{ type: 'add', keyPackage }] },
      { proposals: [update] },
      { proposals: [{ type: 'group_context_extensions', extensions: [] }] },
      { proposals: [{ type: 'reinit', groupId: random(4), version: 1, cipherSuite: 1, extensions: [] }] },
      { proposals: [{ type: 'psk', psk: { type: 'external', pskId: random(1), nonce: random(3) } }] },
    ]);
    expect(codes).toEqual([
      'accepted',
      'misplaced_proposal',
      'removed_leaf_blank',
      'misplaced_proposal',
      'misplaced_proposal',
      'misplaced_proposal',
      'reinit_not_supported',
      'invalid_psk_nonce',
    ]);
  });

  it('takes no proposal by reference in it', async () => {
    const { state, pending } = await proposed(other.state, reader.state, remove(2));
    const { message } = await externalCommit(reader.state, {
      identity,
      entries: [{ type: 'reference', reference: pending.reference }],
    });
    expect(await refusal(state, message)).toBe('reference_in_external_commit');
  });

  it('takes none without a path', async () => {
    expect(await refusals([{ withPath: false }])).toEqual(['new_member_commit_content']);
  });

  it('takes none that another than the new leaf’s owner has signed', async () => {
    const { privateKey } = await suite.signature.generateKeyPair();
    const codes = await refusals([
      {
        epoch: { signatureKey: privateKey },
        // The leaf itself is signed by its owner.
        path: async (path, leafIndex) => ({
          ...path,
          leafNode: await signLeaf({ suite, signatureKey: identity.signature.privateKey }, path.leafNode, {
            groupId: reader.state.context.groupId,
            leafIndex,
          }),
        }),
      },
    ]);
    expect(codes).toEqual(['invalid_content_signature']);
  });

  it('takes it only as the commit of a new member, at the leftmost blank leaf', async () => {
    const codes = await refusals([
      { sender: { type: 'external', senderIndex: 0 } },
      { sender: { type: 'new_member_proposal' } },
      { leafIndex: toLeafIndex(6) },
    ]);
    expect(codes).toEqual(['external_sender_content', 'new_member_proposal_content', 'leaf_signature_invalid']);
  });

  it('takes no new member that is one already, or whose leaf does not fit', async () => {
    const { signatureKey: privateKey } = other.state;
    const { signatureKey, credential } = ownLeafOf(other.state);
    const { groupId } = reader.state.context;
    const bare = { ...identity.capabilities, cipherSuites: [] };
    const codes = await refusals([
      {
        epoch: { signatureKey: privateKey },
        path: async (path, leafIndex) => {
          const leaf = { ...path.leafNode, signatureKey, credential };
          const leafNode = await signLeaf({ suite, signatureKey: privateKey }, leaf, { groupId, leafIndex });
          return { ...path, leafNode };
        },
      },
      { identity: { ...identity, capabilities: bare } },
    ]);
    expect(codes).toEqual(['signature_key_not_unique', 'cipher_suite_not_in_capabilities']);
  });

  it('takes no client that comes back with the encryption key of its former leaf', async () => {
    const former = leafAt(reader.state.tree, other.leafIndex);
    const { privateKey: signatureKey } = identity.signature;
    const commit = {
      proposals: [remove(other.leafIndex)],
      path: async (path: Parameters<NonNullable<Parameters<typeof externalCommit>[1]['path']>>[0]) => ({
        ...path,
        leafNode: await signLeaf(
          { suite, signatureKey },
          { ...path.leafNode, encryptionKey: former?.encryptionKey ?? random(32) },
          { groupId: reader.state.context.groupId, leafIndex: other.leafIndex },
        ),
      }),
    };
    expect(await refusals([commit])).toEqual(['resync_key_not_new']);
  });

  it('takes no other message of a stranger', async () => {
    const external = { type: 'external', senderIndex: 0 } as const;
    const stranger = { type: 'new_member_proposal' } as const;
    const { keyPackage } = await TestClient.create(suite, 'new');
    const codes: string[] = [];
    for (const sender of [external, stranger]) {
      const { message } = await externalCommit(reader.state, {
        identity,
        sender,
        framed: (framed) => ({ ...framed, content: { type: 'proposal', proposal: { type: 'add', keyPackage } } }),
        authenticated: ({ auth, ...rest }) => ({ ...rest, auth: { ...auth, confirmationTag: undefined } }),
      });
      codes.push(await codeOf(() => receive(reader.state, message)));
    }
    expect(codes).toEqual(['unsupported_sender', 'unsupported_sender']);
  });
});
