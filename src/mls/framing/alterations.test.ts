import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Bytes, concat, equalBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import { encodeSecretTree } from '../schedule/secret-tree-storage.ts';
import type { Content } from '../structures/framed-content.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../structures/mls-message.ts';
import { validateKeyPackage } from '../tree/key-package-validation.ts';
import { noRules } from '../tree/leaf-validation.ts';
import { verifyGroupInfo } from './group-info-signature.ts';
import { codeOf } from './testing/code-of.ts';
import { Epoch, ForgedMessage } from './testing/epoch.ts';
import { type OwnKeyPackage, ownKeyPackage } from './testing/key-package.ts';
import { hostileWelcome } from './testing/welcomed.ts';
import { openWelcome } from './welcome.ts';

/** What is wrong with the bytes, for each place in them. */
const wrongs: Readonly<Record<string, (bytes: Bytes, place: number) => Bytes>> = {
  altered: (bytes, place) => bytes.map((byte, index) => (index === place ? byte ^ 1 : byte)),
  'altered in its highest bit': (bytes, place) => bytes.map((byte, index) => (index === place ? byte ^ 0x80 : byte)),
  inverted: (bytes, place) => bytes.map((byte, index) => (index === place ? byte ^ 0xff : byte)),
  cut: (bytes, place) => bytes.slice(0, place),
  'without a byte': (bytes, place) => concat(bytes.subarray(0, place), bytes.subarray(place + 1)),
  'with a byte twice': (bytes, place) => concat(bytes.subarray(0, place + 1), bytes.subarray(place)),
};

/** Fails unless `receive` refuses the bytes with any byte altered, cut or repeated, and the whole twice. */
async function expectRefused(valid: Bytes, step: number, receive: (bytes: Bytes) => Promise<unknown>): Promise<void> {
  expect(await codeOf(() => receive(valid))).toBe('accepted');
  expect(await codeOf(() => receive(concat(valid, valid)))).toBe('trailing_bytes');
  const accepted: string[] = [];
  for (const [what, make] of Object.entries(wrongs)) {
    for (let place = 0; place < valid.length; place += step) {
      const bytes = make(valid, place);
      // Of two equal bytes beside each other either is the repeated one, and it makes no other bytes to leave out the one or the other.
      if (equalBytes(bytes, valid)) continue;
      if ((await codeOf(() => receive(bytes))) === 'accepted') accepted.push(`${what} at ${place} of ${valid.length}`);
    }
  }
  expect(accepted).toEqual([]);
}

// Keys and ciphertexts of the second suite are a hundred times longer: every 31st byte here, and every one in the slow job.
describe.each([
  [1, 1],
  [0xf64a, inject('exhaustive') ? 1 : 31],
])('suite %d: bytes altered, cut or repeated are refused', (suiteId, step) => {
  let suite: CipherSuite;
  let epoch: Epoch;
  let bob: OwnKeyPackage;
  beforeAll(async () => {
    suite = await cipherSuite(suiteId);
    [epoch, bob] = await Promise.all([Epoch.open(suiteId), ownKeyPackage(suite, 'bob')]);
  });

  /** Returns a commit as it is sent: an Add, a reference, and a path with ciphertexts. */
  async function commit(): Promise<Content> {
    const { keyPackage } = bob;
    const { leafNode, initKey } = keyPackage;
    const sealed = await suite.hpke.sealer(Uint8Array.of(1))(initKey, Uint8Array.of(2), suite.hash(Uint8Array.of(3)));
    const nodes = [
      { encryptionKey: initKey, encryptedPathSecret: [sealed] },
      { encryptionKey: initKey, encryptedPathSecret: [] },
    ];
    const proposals = [
      { type: 'proposal', proposal: { type: 'add', keyPackage } },
      { type: 'reference', reference: suite.hash(Uint8Array.of(4)) },
    ] as const;
    return { type: 'commit', commit: { proposals, path: { leafNode, nodes } } };
  }

  it.each([
    [
      'an application message',
      'mls_private_message',
      async (): Promise<Content> => ({ type: 'application', data: Uint8Array.of(1, 2, 3) }),
    ],
    [
      'a proposal in private',
      'mls_private_message',
      async (): Promise<Content> => ({ type: 'proposal', proposal: { type: 'remove', removed: toLeafIndex(3) } }),
    ],
    ['a commit in private', 'mls_private_message', commit],
    ['a commit in public', 'mls_public_message', commit],
  ] as const)('in %s, and the secret tree stays as it was', async (_what, wireFormat, content) => {
    const message = await epoch.send(await content(), wireFormat);
    const tree = epoch.secretTree();
    const before = encodeSecretTree(tree);
    await expectRefused(message, step, (bytes) => epoch.receive(bytes, tree));
    expect(encodeSecretTree(tree)).toEqual(before);
    const { secretTree } = await epoch.receive(message, tree);
    const again = await codeOf(() => epoch.receive(message, secretTree));
    // A PublicMessage uses no key: who takes it again is told by the epoch, which a commit ends.
    expect(again).toBe(wireFormat === 'mls_private_message' ? 'generation_consumed' : 'accepted');
  });

  it('in a KeyPackage', async () => {
    const message = encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage: bob.keyPackage });
    await expectRefused(message, step, async (bytes) => {
      const decoded = decodeMlsMessage(bytes);
      if (decoded.wireFormat !== 'mls_key_package') throw new ForgedMessage('This is no KeyPackage.');
      await validateKeyPackage(suite, decoded.keyPackage, noRules);
    });
  });

  it('in a Welcome', async () => {
    const { keyPackage, initKey, signer } = bob;
    const welcome = await hostileWelcome(suite, { keyPackage, signatureKey: signer.privateKey });
    const message = encodeMlsMessage({ wireFormat: 'mls_welcome', welcome });
    await expectRefused(message, step, async (bytes) => {
      const decoded = decodeMlsMessage(bytes);
      if (decoded.wireFormat !== 'mls_welcome') throw new ForgedMessage('This is no Welcome.');
      const options = { welcome: decoded.welcome, keyPackage, initKey, psks: () => undefined };
      const { groupInfo } = await openWelcome(suite, options);
      if (!(await verifyGroupInfo(suite, groupInfo, signer.publicKey))) throw new ForgedMessage('Forged.');
    });
  });
});
