import { beforeAll, describe, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import { encodeRequiredCapabilities, extensionTypes } from '../structures/extension.ts';
import type { PreSharedKeyId } from '../structures/pre-shared-key-id.ts';
import type { Proposal } from '../structures/proposal.ts';
import { groupOf } from '../testing/group-of.ts';
import { hostileCommit, proposed, updateLeafOf } from '../testing/hostile-member.ts';
import { receive, refusal } from '../testing/reception.ts';
import { identityOf, random, TestClient, type TestMember } from '../testing/test-member.ts';
import { createKeyPackage } from './own-key-package.ts';

let suite: CipherSuite;
let reader: TestMember;
let mallory: TestMember;
let others: readonly TestMember[];

beforeAll(async () => {
  suite = await cipherSuite(1);
  [reader, mallory, ...others] = await groupOf(suite, 5);
});

async function add(name: string): Promise<Proposal> {
  return { type: 'add', keyPackage: (await TestClient.create(suite, name)).keyPackage };
}

function remove(leaf: number): Proposal {
  return { type: 'remove', removed: toLeafIndex(leaf) };
}

function psk(change: Partial<{ nonce: Uint8Array<ArrayBuffer>; pskId: Uint8Array<ArrayBuffer> }> = {}): Proposal {
  const id = { type: 'external', pskId: Uint8Array.of(1), nonce: random(suite.hashLength), ...change } as const;
  return { type: 'psk', psk: id };
}

function required(types: Partial<Parameters<typeof encodeRequiredCapabilities>[0]>): Proposal {
  const data = encodeRequiredCapabilities({ extensionTypes: [], proposalTypes: [], credentialTypes: [], ...types });
  return { type: 'group_context_extensions', extensions: [{ type: extensionTypes.required_capabilities, data }] };
}

describe('a member that is sent the commit of another', () => {
  it('takes one that keeps all rules, made by the same means', async () => {
    const update = { type: 'update', leafNode: await updateLeafOf(mallory.state) } as const;
    const { state, pending } = await proposed(mallory.state, reader.state, update);
    const [third] = others;
    if (third === undefined) throw new Error('The group is too small.');
    const proposals = [await add('new'), remove(3), required({ extensionTypes: [0xf002] }), psk()];
    const preSharedKeys = [{ type: 'external', pskId: Uint8Array.of(1), psk: Uint8Array.of(2) }] as const;
    const message = await hostileCommit(third.state, { references: [pending], proposals, preSharedKeys });
    expect(await refusal(state, message, preSharedKeys)).toBe('accepted');
    expect(
      await refusal(
        state,
        await hostileCommit(third.state, { withPath: false, proposals: [psk()], preSharedKeys }),
        preSharedKeys,
      ),
    ).toBe('accepted');
  });

  it('takes no proposal that did not arrive, or that is named twice', async () => {
    const { state, pending } = await proposed(mallory.state, reader.state, remove(3));
    const message = await hostileCommit(mallory.state, { references: [pending] });
    expect(await refusal(state, message)).toBe('accepted');
    expect(await refusal(reader.state, message)).toBe('unknown_proposal_reference');
    const twice = await hostileCommit(mallory.state, { references: [pending, pending] });
    expect(await refusal(state, twice)).toBe('repeated_proposal_reference');
  });

  it('takes no Update of the committer, sent before or within the commit', async () => {
    const update = { type: 'update', leafNode: await updateLeafOf(mallory.state) } as const;
    expect(await refusal(reader.state, await hostileCommit(mallory.state, { proposals: [update] }))).toBe(
      'update_by_committer',
    );
    const { state, pending } = await proposed(mallory.state, reader.state, update);
    expect(await refusal(state, await hostileCommit(mallory.state, { references: [pending] }))).toBe(
      'update_by_committer',
    );
  });

  it('takes no removal of the committer, of a blank leaf, or of a leaf beyond the tree', async () => {
    const codes = await refusals([[remove(mallory.leafIndex)], [remove(5)], [remove(0xffff_ffff)]]);
    expect(codes).toEqual(['removal_of_committer', 'removed_leaf_blank', 'removed_leaf_blank']);
  });

  it('takes no two changes of one leaf', async () => {
    const [third] = others;
    if (third === undefined) throw new Error('The group is too small.');
    expect(await refusals([[remove(2), remove(2)]])).toEqual(['leaf_changed_twice']);
    const first = { type: 'update', leafNode: await updateLeafOf(third.state) } as const;
    const second = { type: 'update', leafNode: await updateLeafOf(third.state) } as const;
    const once = await proposed(third.state, reader.state, first);
    const twice = await proposed(third.state, once.state, second);
    const updates = await hostileCommit(mallory.state, { references: [once.pending, twice.pending] });
    expect(await refusal(twice.state, updates)).toBe('leaf_changed_twice');
    const both = await hostileCommit(mallory.state, { references: [once.pending], proposals: [remove(2)] });
    expect(await refusal(once.state, both)).toBe('leaf_changed_twice');
  });

  it('takes no client twice, and none that is a member', async () => {
    const identity = await identityOf(suite, 'twice');
    const packages = await Promise.all([1, 2].map(() => createKeyPackage(suite, identity, random)));
    const adds = packages.map(({ keyPackage }) => ({ type: 'add', keyPackage }) as const);
    const same = await add('again');
    const codes = await refusals([adds, [same, same]]);
    expect(codes).toEqual(['signature_key_not_unique', 'signature_key_not_unique']);
    const [one] = adds;
    if (one === undefined) throw new Error('There is no proposal.');
    const state = await receive(reader.state, await hostileCommit(mallory.state, { proposals: [one] }));
    const [third] = others;
    const follower = await receive(third?.state ?? reader.state, await hostileCommit(mallory.state, { proposals: [] }));
    expect(follower.context.epoch).toBe(state.context.epoch);
  });

  it('takes a member that is removed and added again in one commit, and refuses it without the removal', async () => {
    const identity = await identityOf(suite, 'returns');
    const [before, after] = await Promise.all([1, 2].map(() => createKeyPackage(suite, identity, random)));
    if (before === undefined || after === undefined) throw new Error('There are no KeyPackages.');
    const [first, second] = await groupOf(suite, 2);
    const { message } = await second.commit({ proposals: [{ type: 'add', keyPackage: before.keyPackage }] });
    await first.receive(message);
    const again = { type: 'add', keyPackage: after.keyPackage } as const;
    const alone = await hostileCommit(second.state, { proposals: [again] });
    expect(await refusal(first.state, alone)).toBe('signature_key_not_unique');
    const replaced = await hostileCommit(second.state, { proposals: [again, remove(2)] });
    expect(await refusal(first.state, replaced)).toBe('accepted');
  });

  it('takes no proposal that has no place in a member’s commit', async () => {
    const reinit = { type: 'reinit', groupId: random(8), version: 1, cipherSuite: 1, extensions: [] } as const;
    const init = { type: 'external_init', kemOutput: random(32) } as const;
    const codes = await refusals([[reinit], [reinit, await add('beside')], [init], [required({}), required({})]]);
    expect(codes).toEqual([
      'reinit_not_supported',
      'reinit_not_supported',
      'misplaced_external_init',
      'duplicate_extensions_proposal',
    ]);
  });

  it('takes no pre-shared key that is misnamed, named twice, for another use, or not there', async () => {
    const nonce = random(suite.hashLength);
    const resumption = { type: 'resumption', groupId: reader.state.context.groupId, epoch: 1n, nonce } as const;
    const ids: readonly PreSharedKeyId[] = [
      { ...resumption, usage: 'reinit' },
      { ...resumption, usage: 'branch' },
    ];
    const codes = await refusals([
      [psk({ nonce: random(suite.hashLength - 1) })],
      [psk({ nonce: random(suite.hashLength + 1) })],
      [psk({ nonce: random(0) })],
      [psk({ nonce }), psk({ nonce })],
      ...ids.map((id): readonly Proposal[] => [{ type: 'psk', psk: id }]),
      [psk({ pskId: Uint8Array.of(2) })],
      [{ type: 'psk', psk: { ...resumption, usage: 'application', epoch: 99n } }],
      [{ type: 'psk', psk: { ...resumption, usage: 'application', groupId: random(16) } }],
    ]);
    expect(codes).toEqual([
      'invalid_psk_nonce',
      'invalid_psk_nonce',
      'invalid_psk_nonce',
      'duplicate_psk',
      'invalid_psk_usage',
      'invalid_psk_usage',
      'unknown_psk',
      'unknown_psk',
      'unknown_psk',
    ]);
  });

  it('looks at the pre-shared keys of a commit that removes it, too', async () => {
    const proposals = [remove(reader.leafIndex), psk({ nonce: random(1) })];
    expect(await refusal(reader.state, await hostileCommit(mallory.state, { proposals }))).toBe('invalid_psk_nonce');
  });

  it('misses the path where one must be', async () => {
    const update = { type: 'update', leafNode: await updateLeafOf(mallory.state) } as const;
    const { state, pending } = await proposed(mallory.state, reader.state, update);
    const [third] = others;
    if (third === undefined) throw new Error('The group is too small.');
    const lists: readonly (readonly Proposal[])[] = [[], [remove(3)], [await add('new'), remove(3)], [required({})]];
    const codes = await Promise.all(
      lists.map(async (proposals) =>
        refusal(reader.state, await hostileCommit(mallory.state, { proposals, withPath: false })),
      ),
    );
    expect(codes).toEqual(lists.map(() => 'path_missing'));
    const message = await hostileCommit(third.state, { references: [pending], withPath: false });
    expect(await refusal(state, message)).toBe('path_missing');
  });

  it('takes no extensions that a member, old or new, does not support', async () => {
    const tooMuch = [
      [required({ extensionTypes: [0xf0f0] })],
      [required({ proposalTypes: [0xf0f0] })],
      [required({ credentialTypes: [2] })],
      [{ type: 'group_context_extensions', extensions: [{ type: 0xf0f0, data: random(1) }] }],
    ] as const;
    const codes = [
      'required_extension_not_supported',
      'required_proposal_not_supported',
      'required_credential_not_supported',
      'group_extension_not_supported',
    ];
    expect(await refusals(tooMuch)).toEqual(codes);
    const identity = await identityOf(suite, 'modest');
    const modest = { ...identity, capabilities: { ...identity.capabilities, extensions: [] } };
    const { keyPackage } = await createKeyPackage(suite, modest, random);
    const together = [{ type: 'add', keyPackage }, required({ extensionTypes: [0xf002] })] as const;
    expect(await refusals([together])).toEqual(['required_extension_not_supported']);
  });

  it('refuses a GroupContextExtensions proposal whose required capabilities cannot be read', async () => {
    const extension = { type: extensionTypes.required_capabilities, data: Uint8Array.of(0, 0) };
    const codes = await refusals([[{ type: 'group_context_extensions', extensions: [extension] }]]);
    expect(codes).toEqual(['truncated']);
  });

  it('refuses a list of extensions in which one type is there twice', async () => {
    const twice = [
      { type: 0xf002, data: random(1) },
      { type: 0xf002, data: random(1) },
    ];
    expect(await refusals([[{ type: 'group_context_extensions', extensions: twice }]])).toEqual([
      'duplicate_extension',
    ]);
  });

  async function refusals(lists: readonly (readonly Proposal[])[]): Promise<readonly string[]> {
    const keys = [{ type: 'external', pskId: Uint8Array.of(1), psk: Uint8Array.of(2) }] as const;
    const codes: string[] = [];
    for (const proposals of lists) {
      const message = await hostileCommit(mallory.state, { proposals, preSharedKeys: keys });
      codes.push(await refusal(reader.state, message, keys));
    }
    return codes;
  }
});
