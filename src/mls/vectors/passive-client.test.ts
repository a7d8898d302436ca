import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { applyCommit, ownResumptionKey } from '../group/apply-commit.ts';
import { epochAuthenticator, type GroupState } from '../group/group-state.ts';
import { joinWithKeys } from '../group/join-group.ts';
import { openMessage, withProposal } from '../group/open-message.ts';
import type { PreSharedKey } from '../group/pre-shared-keys.ts';
import { stageCommit } from '../group/stage-commit.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

const entries = {
  external_psks: v.array(v.object({ psk_id: hex, psk: hex })),
  key_package: hex,
  signature_priv: hex,
  encryption_priv: hex,
  init_priv: hex,
  welcome: hex,
  ratchet_tree: v.nullable(hex),
  initial_epoch_authenticator: hex,
  epochs: v.array(v.object({ proposals: v.array(hex), commit: hex, epoch_authenticator: hex })),
};

type PassiveClient = v.InferOutput<v.ObjectSchema<typeof entries, undefined>>;

async function join(suite: CipherSuite, client: PassiveClient, keys: readonly PreSharedKey[]): Promise<GroupState> {
  const welcome = decodeMlsMessage(client.welcome);
  const keyPackage = decodeMlsMessage(client.key_package);
  if (welcome.wireFormat !== 'mls_welcome' || keyPackage.wireFormat !== 'mls_key_package') {
    throw new Error('The case holds other messages than a Welcome and a KeyPackage.');
  }
  const { leafNode, initKey } = keyPackage.keyPackage;
  const [init, leaf, signature] = await Promise.all([
    suite.hpke.importPrivateKey(client.init_priv),
    suite.hpke.importPrivateKey(client.encryption_priv),
    suite.signature.importPrivateKey(client.signature_priv, leafNode.signatureKey),
  ]);
  expect(init.publicKey).toEqual(initKey);
  expect(leaf.publicKey).toEqual(leafNode.encryptionKey);
  const { state } = await joinWithKeys(suite, {
    welcome: welcome.welcome,
    keyPackage: keyPackage.keyPackage,
    keys: { init, leaf: { keyPair: leaf }, signatureKey: signature.privateKey },
    preSharedKeys: keys,
    ...(client.ratchet_tree === null ? {} : { ratchetTree: client.ratchet_tree }),
  });
  return state;
}

async function follow(
  state: GroupState,
  epoch: PassiveClient['epochs'][number],
  keys: readonly PreSharedKey[],
): Promise<GroupState> {
  let present = state;
  for (const bytes of epoch.proposals) {
    const opened = await openMessage(present, decodeMlsMessage(bytes));
    if (opened.content.type !== 'proposal') throw new Error('The message is not a proposal.');
    present = withProposal(opened.state, opened.content.proposal);
  }
  const opened = await openMessage(present, decodeMlsMessage(epoch.commit));
  if (opened.content.type !== 'commit') throw new Error('The message is not a commit.');
  const applied = await applyCommit(await stageCommit(opened.state, opened.content.commit), keys);
  if (applied.type !== 'next_epoch') throw new Error('The commit removes the client.');
  return applied.state;
}

it('joins and follows groups of other implementations, as the official passive clients do', async () => {
  await checkSuiteVectors('passive-client', entries, async (client, suite) => {
    const keys = client.external_psks.map(({ psk_id: pskId, psk }): PreSharedKey => ({ type: 'external', pskId, psk }));
    let state = await join(suite, client, keys);
    const authenticators: Bytes[] = [epochAuthenticator(state)];
    const resumptions: PreSharedKey[] = [];
    for (const epoch of client.epochs) {
      resumptions.push(ownResumptionKey(state));
      state = await follow(state, epoch, [...keys, ...resumptions]);
      authenticators.push(epochAuthenticator(state));
    }
    const expected = [client.initial_epoch_authenticator, ...client.epochs.map((epoch) => epoch.epoch_authenticator)];
    expect(authenticators).toEqual(expected);
  });
});
