import { craftClientHello } from '../attacker/craft.ts';
import { asPeer, forgeWithOwnCa, identityOf } from '../attacker/forge.ts';
import { readObject } from '../run/body.ts';
import { failureOf, type Lab, runTries, runTry, type Scenario, type Stage, type Try } from '../run/run.ts';
import { helperAddress, type LabAgent, LabWorld, mallory } from '../run/world.ts';

/** Small limits, so that the flood is short; the product's are 1,000 sessions and 200 half-open handshakes. */
const limits = { sessions: 20, halfOpen: 8 };
const strangers = 400;
const registered = 24;

/** The attacker sends hellos without end. */
export const flooding: Scenario = {
  info: {
    id: 'flooding',
    title: 'Flooding',
    summary: 'Keep Helper too busy to answer anybody else',
    attempts: 2,
    has: 'A place on the line, any number of hellos without a valid certificate, and one genuine identity to sign hellos with.',
    wants: 'Helper so busy with private-key operations, or so full, that it answers nobody else.',
    promise:
      'Certificate and signature come before any private-key operation, and places are counted before both (parley/1, section 3).',
  },
  run: (lab) => runTries(lab, [withoutCertificate, withCertificate], (each) => onSmallStage(lab, each)),
};

const withoutCertificate: Try = {
  id: 'strangers',
  title: `${strangers} hellos with certificates of another CA`,
  act: async (stage) => {
    const { world, helper } = stage;
    const forged = await forgeWithOwnCa(world, mallory.agentId, mallory.address);
    const speaker = {
      agentId: mallory.agentId,
      certificates: forged.certificates,
      signingKey: forged.signing.privateKey,
    };
    const peer = await asPeer(world, (await identityOf(helper)).certificates);
    const hello = () => craftClientHello(world, speaker, peer);
    const before = await send(stage, strangers / 2, hello);
    const failure = await failureOf(stage.traveller.agent.connect(helper.agentId));
    const answers = await send(stage, strangers / 2, hello, before);
    const facts = await outcome(stage, answers, privateKeyOperations(helper) > 1);
    const words =
      failure === undefined
        ? 'During the flood Traveller connected without trouble.'
        : `During the flood Traveller could not connect: ${failure.code}.`;
    return { ...facts, succeeded: facts.succeeded || failure !== undefined, evidence: [...facts.evidence, words] };
  },
};

const withCertificate: Try = {
  id: 'registered',
  title: `${registered} hellos with a genuine certificate, none of them ever confirmed`,
  act: async (stage) => {
    const { world, helper } = stage;
    const own = await identityOf(await world.open(mallory));
    const speaker = { agentId: mallory.agentId, certificates: own.certificates, signingKey: own.signing.privateKey };
    const peer = await asPeer(world, (await identityOf(helper)).certificates);
    const answers = await send(stage, registered, () => craftClientHello(world, speaker, peer));
    return outcome(stage, answers, privateKeyOperations(helper) > limits.halfOpen);
  },
};

/** Sends `count` hellos; how often each answer came. Only the first few are kept on the line's log. */
async function send(
  { world }: Stage,
  count: number,
  make: () => Promise<string>,
  before: ReadonlyMap<string, number> = new Map(),
): Promise<ReadonlyMap<string, number>> {
  const answers = new Map(before);
  for (let i = 0; i < count; i++) {
    const answer = await world.wire.inject(helperAddress, '/agent/handshake', await make(), 'one of the flood');
    const code = readObject(answer.body)?.code;
    const word = typeof code === 'string' ? `${answer.status} ${code}` : `${answer.status} SERVER_HELLO`;
    answers.set(word, (answers.get(word) ?? 0) + 1);
  }
  return answers;
}

async function outcome(stage: Stage, answers: ReadonlyMap<string, number>, overworked: boolean) {
  const { world, traveller, helper } = stage;
  const operations = privateKeyOperations(helper);
  // Half-open handshakes end by themselves.
  world.clock.advance(31_000);
  const failure = await failureOf(traveller.agent.connect(helper.agentId));
  return {
    succeeded: overworked || failure !== undefined,
    sessionId: helper.snapshot().sessions.find(({ peerId }) => peerId === mallory.agentId)?.sessionId,
    evidence: [
      `Helper’s answers: ${[...answers].map(([word, count]) => `${count} × ${word}`).join(', ')}.`,
      `They cost Helper ${operations} private-key decryptions. In this scenario it allows ${limits.halfOpen} half-open handshakes.`,
      failure === undefined
        ? 'Half a minute later Traveller connected without trouble.'
        : `Half a minute later Traveller could not connect: ${failure.code}.`,
    ],
  };
}

function privateKeyOperations({ events }: LabAgent): number {
  return events.filter(
    (event) =>
      event.type === 'trace' && event.event.kind === 'operation' && event.event.operation === 'open_session_key',
  ).length;
}

async function onSmallStage(lab: Lab, each: Try) {
  const world = await LabWorld.create(lab.keys);
  try {
    return await runTry(each, {
      world,
      traveller: await world.openTraveller(),
      helper: await world.openHelper({ limits }),
    });
  } finally {
    world.close();
  }
}
