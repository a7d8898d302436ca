import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { decode } from '../codec/reader.ts';
import { encode } from '../codec/writer.ts';
import {
  epochFromJoiner,
  exportSecret,
  externalKeyPair,
  joinerSecret,
  welcomeSecret,
} from '../schedule/key-schedule.ts';
import { readGroupContext, writeGroupContext } from '../structures/group-context.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

const epochEntries = {
  commit_secret: hex,
  psk_secret: hex,
  group_context: hex,
  tree_hash: hex,
  confirmed_transcript_hash: hex,
  joiner_secret: hex,
  welcome_secret: hex,
  init_secret: hex,
  sender_data_secret: hex,
  encryption_secret: hex,
  exporter_secret: hex,
  epoch_authenticator: hex,
  external_secret: hex,
  confirmation_key: hex,
  membership_key: hex,
  resumption_psk: hex,
  external_pub: hex,
  exporter: v.object({ label: v.string(), context: hex, length: v.number(), secret: hex }),
};

it('derives every secret of an epoch as the official vectors have them', async () => {
  const entries = { group_id: hex, initial_init_secret: hex, epochs: v.array(v.object(epochEntries)) };
  const tally = await checkSuiteVectors('key-schedule', entries, async (value, suite) => {
    let initSecret: Bytes = value.initial_init_secret;
    for (const [number, epoch] of value.epochs.entries()) {
      const { commit_secret: commitSecret, psk_secret: pskSecret } = epoch;
      const context = {
        cipherSuite: suite.id,
        groupId: value.group_id,
        epoch: BigInt(number),
        treeHash: epoch.tree_hash,
        confirmedTranscriptHash: epoch.confirmed_transcript_hash,
        extensions: [],
      };
      const groupContext = encode(writeGroupContext, context);
      expect(groupContext).toEqual(epoch.group_context);
      expect(decode(readGroupContext, groupContext)).toEqual(context);

      const joiner = joinerSecret(suite, { initSecret, commitSecret, groupContext });
      expect(joiner).toEqual(epoch.joiner_secret);
      expect(welcomeSecret(suite, joiner, pskSecret)).toEqual(epoch.welcome_secret);
      const derived = epochFromJoiner(suite, { joinerSecret: joiner, pskSecret, groupContext });
      expect(derived).toEqual({
        welcomeSecret: epoch.welcome_secret,
        secrets: {
          senderDataSecret: epoch.sender_data_secret,
          encryptionSecret: epoch.encryption_secret,
          exporterSecret: epoch.exporter_secret,
          externalSecret: epoch.external_secret,
          confirmationKey: epoch.confirmation_key,
          membershipKey: epoch.membership_key,
          resumptionPsk: epoch.resumption_psk,
          epochAuthenticator: epoch.epoch_authenticator,
          initSecret: epoch.init_secret,
        },
      });
      const external = await externalKeyPair(suite, epoch.external_secret);
      expect(external.publicKey).toEqual(epoch.external_pub);
      const { label, context: exported, length, secret } = epoch.exporter;
      expect(exportSecret(suite, epoch.exporter_secret, label, exported, length)).toEqual(secret);
      ({ initSecret } = derived.secrets);
    }
  });
  expect(tally.passed).toBeGreaterThan(0);
});
