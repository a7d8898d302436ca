import { expect, it } from 'vitest';
import { noBytes } from '../bytes.ts';
import { cipherSuite } from '../crypto/suites.ts';
import type { MlsErrorCode } from '../errors.ts';
import { toLeafIndex } from '../indices.ts';
import type { Capabilities } from '../structures/capabilities.ts';
import { encodeRequiredCapabilities } from '../structures/extension.ts';
import type { UnsignedLeafNode } from '../structures/leaf-node.ts';
import { type LeafOrigin, type LeafRules, rulesOf, validateLeaf } from './leaf-validation.ts';
import { random, signLeaf, unsignedLeaf } from './testing/tree-group.ts';

const suite = await cipherSuite(1);
const key = await suite.signature.generateKeyPair();
const origin = { groupId: random(8), leafIndex: toLeafIndex(3) };
const keyPackage = { type: 'key_package', lifetime: { notBefore: 1_000n, notAfter: 2_000n } } as const;
const rules = rulesOf({ cipherSuite: 1, extensions: [] });

const able: Capabilities = {
  versions: [1],
  cipherSuites: [1],
  extensions: [0xf001, 0xf002],
  proposals: [0xf003],
  credentials: [1, 2],
};

function check(
  changes: Partial<UnsignedLeafNode>,
  rule: Partial<LeafRules> = {},
  place: LeafOrigin = origin,
  signedFor = origin,
): Promise<void> {
  const unsigned = { ...unsignedLeaf(suite, key.publicKey, random(32), keyPackage), capabilities: able, ...changes };
  return signLeaf(suite, unsigned, key, signedFor).then((leaf) =>
    validateLeaf(suite, leaf, place, { ...rules, ...rule }),
  );
}

const without = (changes: Partial<Capabilities>): Partial<UnsignedLeafNode> => ({
  capabilities: { ...able, ...changes },
});
const required = (extensions: readonly number[], proposals: readonly number[], credentials: readonly number[]) => ({
  required: { extensionTypes: extensions, proposalTypes: proposals, credentialTypes: credentials },
});
const everything = required([0xf001], [0xf003], [1, 2]);

it('takes a leaf of each source, and default types that no capabilities list', async () => {
  await check({}, { ...everything, groupExtensionTypes: [3, 0xf002] });
  await check({}, required([1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7], []));
  await check({ source: { type: 'update' } }, {}, { ...origin, source: 'update' });
  await check({ source: { type: 'commit', parentHash: random(32) } }, {}, { ...origin, source: 'commit' });
  await check({
    extensions: [
      { type: 1, data: noBytes },
      { type: 0xf001, data: noBytes },
    ],
  });
});

it('does not tie the leaf of a KeyPackage to a group or place', async () => {
  await check({}, {}, { groupId: random(8), leafIndex: toLeafIndex(7), source: 'key_package' });
});

it('reads the rules of a GroupContext', () => {
  const data = encodeRequiredCapabilities(everything.required);
  const extensions = [
    { type: 3, data },
    { type: 0xf002, data: noBytes },
  ];
  const lifetime = { now: 1n, longest: 2n };
  expect(rulesOf({ cipherSuite: 1, extensions }, lifetime)).toEqual({
    cipherSuite: 1,
    ...everything,
    groupExtensionTypes: [3, 0xf002],
    lifetime,
  });
});

it.each<[string, MlsErrorCode, Partial<UnsignedLeafNode>, Partial<LeafRules>]>([
  ['lacks the version', 'version_not_in_capabilities', without({ versions: [2] }), {}],
  ['lacks the suite', 'cipher_suite_not_in_capabilities', without({ cipherSuites: [2] }), {}],
  ['lacks its own credential type', 'credential_type_not_in_capabilities', without({ credentials: [2] }), {}],
  [
    'has an extension that it does not list',
    'leaf_extension_not_in_capabilities',
    { extensions: [{ type: 0xf009, data: noBytes }] },
    {},
  ],
  ['lacks a required extension', 'required_extension_not_supported', without({ extensions: [0xf002] }), everything],
  ['lacks a required proposal', 'required_proposal_not_supported', without({ proposals: [] }), everything],
  ['lacks a required credential', 'required_credential_not_supported', without({ credentials: [1] }), everything],
  ['lacks an extension of the group', 'group_extension_not_supported', {}, { groupExtensionTypes: [3, 0xf009] }],
  ['begins later', 'lifetime_not_current', {}, { lifetime: { now: 999n, longest: 1_000n } }],
  ['has ended', 'lifetime_not_current', {}, { lifetime: { now: 2_001n, longest: 1_000n } }],
  ['lasts too long', 'lifetime_too_long', {}, { lifetime: { now: 1_500n, longest: 999n } }],
])('refuses a leaf that %s: %s', async (_, code, changes, rule) => {
  await expect(check(changes, rule)).rejects.toMatchObject({ code });
});

it('looks at the lifetime of leaves from KeyPackages alone', async () => {
  await check({}, { lifetime: { now: 1_000n, longest: 1_000n } });
  await check({}, { lifetime: { now: 2_000n, longest: 1_000n } });
  await check({ source: { type: 'update' } }, { lifetime: { now: 9n, longest: 1n } });
});

const update = { type: 'update' } as const;
const commit = { type: 'commit', parentHash: noBytes } as const;

it.each<[MlsErrorCode, UnsignedLeafNode['source'], LeafOrigin['source']]>([
  ['key_package_leaf_source', update, 'key_package'],
  ['key_package_leaf_source', commit, 'key_package'],
  ['update_leaf_source', keyPackage, 'update'],
  ['update_leaf_source', commit, 'update'],
  ['path_leaf_source', keyPackage, 'commit'],
  ['path_leaf_source', update, 'commit'],
])('refuses a leaf of another source: %s', async (code, source, expected) => {
  const place = { ...origin, ...(expected && { source: expected }) };
  await expect(check({ source }, {}, place)).rejects.toMatchObject({ code });
});

it.each([update, commit])('refuses a $type leaf that was signed for another group or place', async (source) => {
  const refused = { code: 'leaf_signature_invalid' };
  const [elsewhere, other] = [
    { ...origin, groupId: random(8) },
    { ...origin, leafIndex: toLeafIndex(4) },
  ];
  await expect(check({ source }, {}, origin, elsewhere)).rejects.toMatchObject(refused);
  await expect(check({ source }, {}, origin, other)).rejects.toMatchObject(refused);
});
