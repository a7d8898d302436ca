import { craftClientHello, craftServerHello, type Speaker } from '../attacker/craft.ts';
import { asPeer, type Forger, forgeWithOwnCa, identityOf } from '../attacker/forge.ts';
import { kindOf } from '../run/body.ts';
import { sessionsOf } from '../run/judge.ts';
import { converse, failureOf, runTries, type Scenario, type Stage, type Try } from '../run/run.ts';
import { type Attack, readOnly } from '../run/wire.ts';
import { helperAddress, mallory, travellerAddress } from '../run/world.ts';

type Certificates = (stage: Stage, agentId: string, address: string) => Promise<Speaker>;

const speaker = (agentId: string, { certificates, signing }: Forger): Speaker => ({
  agentId,
  certificates,
  signingKey: signing.privateKey,
});

/** The ways to a certificate for an attacker whom no honest Controller helps. */
const ways: readonly { readonly id: string; readonly words: string; readonly get: Certificates }[] = [
  {
    id: 'own-ca',
    words: 'a certificate of the attacker’s own CA',
    get: async ({ world }, agentId, address) => speaker(agentId, await forgeWithOwnCa(world, agentId, address)),
  },
  {
    id: 'own-name',
    words: 'the attacker’s genuine certificate, which names mallory',
    get: async ({ world }, agentId) => speaker(agentId, await identityOf(await world.open(mallory))),
  },
  {
    id: 'stolen-certificate',
    words: 'the genuine public certificate, signed with the attacker’s key',
    get: async ({ world, traveller, helper }, agentId) => {
      const { certificates } = await identityOf(agentId === helper.agentId ? helper : traveller);
      const { signing } = await identityOf(await world.open(mallory));
      return { agentId, certificates, signingKey: signing.privateKey };
    },
  },
];

/** The attacker answers as Helper, and calls as Traveller, with whatever certificate can be had. */
export const impersonation: Scenario = {
  info: {
    id: 'impersonation',
    title: 'Impersonation',
    summary: 'Call or answer in another agent’s name',
    attempts: 6,
    has: 'A place on the line, a CA of their own, a genuine certificate in their own name, and everybody’s public certificates.',
    wants: 'To be accepted as Helper by Traveller, or as Traveller by Helper.',
    promise:
      'Certificates chain to the pinned Controller, name the sender, and every hello is signed by their key (parley/1, sections 2 and 3).',
  },
  run: (lab) =>
    runTries(
      lab,
      ways.flatMap((way) => [asHelper(way), asTraveller(way)]),
    ),
};

type Way = (typeof ways)[number];

function asHelper({ id, words, get }: Way): Try {
  return {
    id: `helper-${id}`,
    title: `Answer as Helper with ${words}`,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      const control = await converse(stage, 'control');
      await traveller.agent.disconnect(traveller.snapshot().sessions.at(-1)?.sessionId ?? '');
      world.wire.clear();
      const posing = await get(stage, helper.agentId, helperAddress);
      const caller = await asPeer(world, (await identityOf(traveller)).certificates);
      world.wire.attackBy(answerInstead(async (hello) => craftServerHello(world, posing, caller, hello)));
      const failure = await failureOf(traveller.agent.connect(helper.agentId));
      world.wire.attackBy(readOnly);
      const confirmed = world.wire.log.some(({ kind }) => kind === 'CLIENT_CONFIRM');
      return {
        succeeded: confirmed,
        evidence: [
          `Traveller’s connect ended with ${failure?.code ?? 'a session'}. It sent ${confirmed ? 'a CLIENT_CONFIRM' : 'nothing'} after the false SERVER_HELLO.`,
          sessionsOf(traveller),
          control,
        ],
      };
    },
  };
}

function asTraveller({ id, words, get }: Way): Try {
  return {
    id: `traveller-${id}`,
    title: `Call Helper as Traveller with ${words}`,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      const posing = await get(stage, traveller.agentId, travellerAddress);
      const called = await asPeer(world, (await identityOf(helper)).certificates);
      const hello = await craftClientHello(world, posing, called);
      const answer = await world.wire.inject(helperAddress, '/agent/handshake', hello, 'made up');
      return {
        succeeded: kindOf(answer.body) === 'SERVER_HELLO',
        sessionId: helper.snapshot().sessions.at(-1)?.sessionId,
        evidence: [`Helper answered with HTTP ${answer.status}.`, sessionsOf(helper)],
      };
    },
  };
}

/** Returns an attack that answers every hello itself and lets nothing through. */
function answerInstead(make: (hello: string) => Promise<string>): Attack {
  return async (hop) => ({ status: 200, body: await make(hop.body) });
}
