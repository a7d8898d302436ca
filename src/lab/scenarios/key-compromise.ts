import type { Bytes } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { decryptOaep } from '../../protocol/crypto/rsa-oaep.ts';
import { formatFingerprint } from '../../protocol/handshake/fingerprints.ts';
import { combineSecrets, deriveSessionKeys } from '../../protocol/handshake/key-schedule.ts';
import type { SecretName } from '../../protocol/trace/events.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { readRecording, tryToDecrypt } from '../attacker/attackers-copy.ts';
import { identityOf } from '../attacker/forge.ts';
import { breakHazardousExchange, hazardousRsaOnlyExchange } from '../rsa-only/hazardous-rsa-only.ts';
import { type Lab, runTries, runTry, type Scenario, type Stage, type Try } from '../run/run.ts';
import { type LabAgent, LabWorld, random } from '../run/world.ts';

const secret = 'The tide turns at midnight';

/** Both agents' long-term keys are stolen after they have talked. */
export const keyCompromise: Scenario = {
  info: {
    id: 'key-compromise',
    title: 'Key compromise',
    summary: 'Steal both private keys, then read old recordings',
    attempts: 2,
    has: 'Both agents’ RSA private keys, which only in this scenario can be exported, and a recording of everything they sent.',
    wants: 'To decrypt the recording: what was said before the keys were stolen.',
    promise:
      'The traffic keys also need the X25519 and the ML-KEM secret of the session, which no longer exist: forward secrecy (parley/1, section 3).',
  },
  run: (lab) => runTries(lab, [againstParley, againstRsaOnly], (each) => onStageWithStolenKeys(lab, each)),
};

const againstParley: Try = {
  id: 'parley',
  title: 'Against parley/1',
  act: async ({ world, traveller, helper }) => {
    const { subtle } = world.environment;
    const { sessionId } = await traveller.agent.send({
      peerId: helper.agentId,
      method: 'echo',
      parameters: { text: secret },
    });
    const { encrypted, th3, envelope } = await readRecording(subtle, world.wire.log);
    const stolen = { traveller: await stolenKey(traveller), helper: await stolenKey(helper) };
    const opened = [
      await decryptOaep(subtle, stolen.helper, encrypted.client),
      await decryptOaep(subtle, stolen.traveller, encrypted.server),
    ] as const;
    const [clientKey, serverKey] = opened;
    const evidence = [
      'Both agents’ RSA private keys were exported and handed to the attacker.',
      ...(await Promise.all([
        compared(world, traveller, 'client_session_key', clientKey),
        compared(world, traveller, 'server_session_key', serverKey),
      ])),
    ];
    const guesses: readonly (readonly [words: string, guess: () => Bytes])[] = [
      ['zeros', () => new Uint8Array(32)],
      ['random bytes', () => random(32)],
    ];
    let text: string | undefined;
    for (const [words, guess] of guesses) {
      if (clientKey === undefined || serverKey === undefined) break;
      const secrets = {
        clientSessionKey: clientKey.slice(),
        serverSessionKey: serverKey.slice(),
        x25519Secret: guess(),
        kemSecret: guess(),
      };
      const keys = await deriveSessionKeys(subtle, await combineSecrets(subtle, secrets), th3, 'server');
      const found = await tryToDecrypt(subtle, keys.clientKey, envelope);
      text ??= found;
      evidence.push(
        `With ${words} for the X25519 and the ML-KEM secret the real key schedule gives a key that ${found === undefined ? 'does not decrypt' : 'decrypts'} the recorded message.`,
      );
    }
    return {
      succeeded: text !== undefined,
      sessionId,
      evidence: [
        ...evidence,
        'The two secrets that are missing were overwritten, and their private halves dropped, when the handshake ended.',
      ],
    };
  },
};

const againstRsaOnly: Try = {
  id: 'rsa-only',
  title: 'Against a schedule of RSA alone, built in this lab to be broken',
  act: async ({ world, traveller, helper }) => {
    const { subtle } = world.environment;
    const [client, server] = [await identityOf(traveller), await identityOf(helper)];
    const keys = { client: client.encryption.publicKey, server: server.encryption.publicKey };
    const exchange = await hazardousRsaOnlyExchange(subtle, random, keys, secret);
    const base64 = (bytes: Bytes) => encodeBase64(bytes);
    const hello = JSON.stringify({
      message_type: 'CLIENT_HELLO',
      encrypted_session_key: base64(exchange.encrypted.client),
    });
    const answer = JSON.stringify({
      message_type: 'SERVER_HELLO',
      encrypted_session_key: base64(exchange.encrypted.server),
    });
    const { iv, ciphertext, tag } = exchange.sealed;
    const envelope = JSON.stringify({
      encrypted_payload: { iv: base64(iv), ciphertext: base64(ciphertext), tag: base64(tag) },
    });
    const plain = { altered: [], deed: 'RSA alone' };
    world.wire.record({
      from: 'traveller',
      to: 'helper',
      kind: 'CLIENT_HELLO',
      sent: hello,
      delivered: hello,
      ...plain,
    });
    world.wire.record({
      from: 'helper',
      to: 'traveller',
      kind: 'SERVER_HELLO',
      sent: answer,
      delivered: answer,
      ...plain,
    });
    world.wire.record({
      from: 'traveller',
      to: 'helper',
      kind: 'ENVELOPE',
      sent: envelope,
      delivered: envelope,
      ...plain,
    });
    const stolen = { client: await stolenKey(traveller), server: await stolenKey(helper) };
    const text = await breakHazardousExchange(subtle, exchange, stolen);
    return {
      succeeded: text === secret,
      expected: 'succeeded',
      evidence: [
        'The same two stolen keys, the same HKDF and AES-256-GCM, but session keys that come from RSA alone.',
        text === undefined ? 'The recorded message was not decrypted.' : `The recorded message, decrypted: “${text}”.`,
        'A protocol without an ephemeral exchange gives this away. It also shows that the attacker’s tools above work.',
      ],
    };
  },
};

async function onStageWithStolenKeys(lab: Lab, each: Try) {
  const world = await LabWorld.create(lab.keys);
  try {
    const generateRsa = (owner: string) => lab.keys.hazardousExtractableGeneratorFor(owner);
    const stage: Stage = {
      world,
      traveller: await world.openTraveller({ generateRsa: generateRsa('stolen traveller') }),
      helper: await world.openHelper({ generateRsa: generateRsa('stolen helper') }),
    };
    return await runTry(each, stage);
  } finally {
    world.close();
  }
}

/** Takes an agent's RSA decryption key out, as a thief does, and reads it in again as the thief's own. */
async function stolenKey(agent: LabAgent): Promise<CryptoKey> {
  const { encryption } = await identityOf(agent);
  const taken = await crypto.subtle.exportKey('pkcs8', encryption.privateKey);
  return crypto.subtle.importKey('pkcs8', taken, { name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['decrypt']);
}

/** Compares the secret that the attacker opened with the agents' own, by the fingerprint in their record. */
async function compared(world: LabWorld, agent: LabAgent, of: SecretName, opened: Bytes | undefined): Promise<string> {
  if (opened === undefined) return `${of} did not open with the stolen keys.`;
  const { subtle } = world.environment;
  const mine = formatFingerprint(await sha256(subtle, await sha256(subtle, opened)));
  const theirs = agent.events
    .flatMap((event) =>
      event.type === 'trace' && event.event.kind === 'fingerprint' && event.event.of === of
        ? [event.event.fingerprint]
        : [],
    )
    .at(-1);
  return mine === theirs
    ? `${of} opens with the stolen key: fingerprint ${mine}, the same as the agents recorded. So RSA alone protects nothing any more.`
    : `${of} opens with the stolen key to another value (${mine}) than the agents recorded (${theirs ?? 'nothing'}).`;
}
