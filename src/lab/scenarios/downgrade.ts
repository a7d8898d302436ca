import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { isObject } from '../../protocol/wire/parse.ts';
import { changeAnswers, changeRequests } from '../attacker/attacks.ts';
import { craftClientHello } from '../attacker/craft.ts';
import { asPeer, identityOf } from '../attacker/forge.ts';
import { kindOf, withMember } from '../run/body.ts';
import { sessionsOf } from '../run/judge.ts';
import { converse, failureOf, runTries, type Scenario, type Try } from '../run/run.ts';
import { type Attack, readOnly } from '../run/wire.ts';
import { helperAddress, mallory } from '../run/world.ts';

/** The neutral element of Ed25519 as RFC 8032 writes it: a point of order 1. */
const identityPoint = new Uint8Array(32).fill(1, 0, 1);
const zeros = (length: number) => encodeBase64(new Uint8Array(length));

/** The attacker asks for less. */
export const downgrade: Scenario = {
  info: {
    id: 'downgrade',
    title: 'Downgrade',
    summary: 'Make the agents use weaker cryptography',
    attempts: 8,
    has: 'A place on the line; in three attempts also a genuine identity, and key shares of their choice.',
    wants: 'An older version, a missing or worthless key share, or a suite that the attacker can break.',
    promise: 'There is one suite and no negotiation; every share must be present and valid (parley/1, section 3).',
  },
  run: (lab) =>
    runTries(lab, [
      onTheLine(
        'older-version',
        'Ask for parley/0',
        changeRequests('CLIENT_HELLO', (body) => withMember(body, 'protocol', 'parley/0')),
      ),
      onTheLine(
        'no-ml-kem',
        'Take the ML-KEM share away',
        changeRequests('CLIENT_HELLO', (body) => withMember(body, 'key_shares.ml_kem_768', undefined)),
      ),
      onTheLine(
        'no-x25519',
        'Take the X25519 share away',
        changeRequests('CLIENT_HELLO', (body) => withMember(body, 'key_shares.x25519', undefined)),
      ),
      onTheLine(
        'other-suite',
        'Offer RSA alone in an extension',
        changeRequests('CLIENT_HELLO', (body) => withMember(body, 'extensions', { suites: ['RSA'] })),
      ),
      onTheLine(
        'zero-ciphertext',
        'Replace Helper’s ML-KEM ciphertext by zeros',
        changeAnswers('SERVER_HELLO', (body) => withMember(body, 'key_shares.ml_kem_768', zeros(1_088))),
      ),
      asPeerOfHelper('small-order', 'Offer an X25519 share of small order, signed', share('x25519', zeros(32))),
      asPeerOfHelper(
        'bad-kem-key',
        'Offer an invalid ML-KEM key, signed',
        share('ml_kem_768', encodeBase64(new Uint8Array(1_184).fill(255))),
      ),
      asPeerOfHelper(
        'weak-signing-key',
        'Offer a session signing key under which one constant signature fits every message',
        (hello) => ({ ...hello, session_signing_key: encodeBase64(identityPoint) }),
      ),
    ]),
};

function onTheLine(id: string, title: string, attack: Attack): Try {
  return {
    id,
    title,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      const control = await converse(stage, 'control');
      await traveller.agent.disconnect(traveller.snapshot().sessions.at(-1)?.sessionId ?? '');
      world.wire.clear();
      world.wire.attackBy(attack);
      const failure = await failureOf(traveller.agent.connect(helper.agentId));
      world.wire.attackBy(readOnly);
      return {
        succeeded: [traveller, helper].some(({ snapshot }) =>
          snapshot().sessions.some(({ status }) => status === 'ESTABLISHED'),
        ),
        evidence: [
          `Traveller’s connect ended with ${failure?.code ?? 'a session'}.`,
          sessionsOf(traveller),
          sessionsOf(helper),
          control,
        ],
      };
    },
  };
}

/** Replaces one share of a hello. */
function share(name: 'x25519' | 'ml_kem_768', value: string): (hello: JsonObject) => JsonObject {
  return ({ key_shares: shares, ...hello }) => ({
    ...hello,
    key_shares: { ...(isObject(shares) ? shares : {}), [name]: value },
  });
}

function asPeerOfHelper(id: string, title: string, change: (hello: JsonObject) => JsonObject): Try {
  return {
    id,
    title,
    act: async ({ world, helper }) => {
      const own = await identityOf(await world.open(mallory));
      const speaker = { agentId: mallory.agentId, certificates: own.certificates, signingKey: own.signing.privateKey };
      const peer = await asPeer(world, (await identityOf(helper)).certificates);
      const hello = await craftClientHello(world, speaker, peer, change);
      const answer = await world.wire.inject(helperAddress, '/agent/handshake', hello, 'made by mallory, who may');
      return {
        succeeded: kindOf(answer.body) === 'SERVER_HELLO',
        sessionId: helper.snapshot().sessions.at(-1)?.sessionId,
        evidence: [`Helper answered with HTTP ${answer.status}.`, sessionsOf(helper)],
      };
    },
  };
}
