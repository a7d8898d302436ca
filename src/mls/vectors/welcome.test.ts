import * as v from 'valibot';
import { expect, it } from 'vitest';
import { equalBytes } from '../bytes.ts';
import { verifyGroupInfo } from '../framing/group-info-signature.ts';
import { openWelcome } from '../framing/welcome.ts';
import { epochFromJoiner } from '../schedule/key-schedule.ts';
import { confirmationTag } from '../schedule/transcript-hash.ts';
import { encodeGroupContext } from '../structures/group-context.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

const entries = { cipher_suite: v.number(), init_priv: hex, signer_pub: hex, key_package: hex, welcome: hex };

it('opens every Welcome of the file', async () => {
  const tally = await checkSuiteVectors('welcome', entries, async (value, suite) => {
    const [packaged, welcomed] = [decodeMlsMessage(value.key_package), decodeMlsMessage(value.welcome)];
    if (packaged.wireFormat !== 'mls_key_package' || welcomed.wireFormat !== 'mls_welcome') {
      throw new Error('The members are not a KeyPackage and a Welcome.');
    }
    const { keyPackage } = packaged;
    const initKey = await suite.hpke.importPrivateKey(value.init_priv);
    expect(equalBytes(initKey.publicKey, keyPackage.initKey)).toBe(true);
    const opened = await openWelcome(suite, { welcome: welcomed.welcome, keyPackage, initKey, psks: () => undefined });
    const { groupSecrets, groupInfo, pskSecret } = opened;
    expect(await verifyGroupInfo(suite, groupInfo, value.signer_pub)).toBe(true);
    const groupContext = encodeGroupContext(groupInfo.groupContext);
    const { secrets } = epochFromJoiner(suite, { joinerSecret: groupSecrets.joinerSecret, pskSecret, groupContext });
    const confirmed = groupInfo.groupContext.confirmedTranscriptHash;
    expect(confirmationTag(suite, secrets.confirmationKey, confirmed)).toEqual(groupInfo.confirmationTag);
  });
  expect(tally.passed).toBeGreaterThan(0);
});
