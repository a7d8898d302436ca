import { bodyOf, changeAnswers, changeRequests } from '../attacker/attacks.ts';
import { craftResumeHello } from '../attacker/craft-resumption.ts';
import { altered, kindOf, leaves, withMember } from '../run/body.ts';
import { sessionIdsOf, sessionsOf } from '../run/judge.ts';
import { converse, type Lab, onStage, runTries, runTry, type Scenario, type Stage, type Try } from '../run/run.ts';
import { readOnly } from '../run/wire.ts';
import { helperAddress, mallory, travellerAddress } from '../run/world.ts';

/** Long enough for a session to end by itself, so that the next one is resumed from it. */
const untilOver = 3_601_000;
const wires = ['RESUME_HELLO', 'RESUME_ACCEPT'] as const;
type Kind = (typeof wires)[number];

/** The attacker has a hand in the resumption of a session. */
export const resumption: Scenario = {
  info: {
    id: 'resumption',
    title: 'Resumption',
    summary: 'Resume the session of two other agents',
    attempts: 33,
    has: 'A place on the line; recorded resumptions; a genuine session of their own; in one attempt, Traveller’s stolen resumption key.',
    wants: 'A session resumed that Traveller and Helper did not both intend, or one resumed twice.',
    promise:
      'A resumption works once, is signed by the old session’s key, bound to its secret, and checks revocation again (parley/1, section 5).',
  },
  run: (lab) =>
    onStage(lab, async (stage) => {
      const control = await converse(stage, 'control');
      await resume(stage);
      const genuine = [...stage.world.wire.log];
      const changes = wires.flatMap((kind) =>
        [...leaves(bodyOf(genuine, kind) ?? '{}').keys()].map((path) => change(kind, path, control)),
      );
      const all = changes.length + others.length;
      const attempts = await runTries(partOf(lab, 0, all), changes, (each) => runTry(each, stage));
      return [...attempts, ...(await runTries(partOf(lab, changes.length, all), others))];
    }),
};

/** Returns the lab for some of all tries, whose progress also counts the tries before them. */
function partOf(lab: Lab, before: number, of: number): Lab {
  return { ...lab, progress: ({ done, doing }) => lab.progress({ done: before + done, of, doing }) };
}

/** Lets the session end by itself and connects again: Traveller resumes. */
async function resume({ world, traveller, helper }: Stage): Promise<void> {
  world.clock.advance(untilOver);
  world.wire.clear();
  await traveller.agent.connect(helper.agentId);
}

function change(kind: Kind, path: string, control: string): Try {
  const changed = (body: string) => withMember(body, path, altered(leaves(body).get(path) ?? ''));
  return {
    id: `${kind}-${path}`,
    title: `${kind}.${path} altered`,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      const [ofTraveller, ofHelper] = [sessionIdsOf(traveller), sessionIdsOf(helper)];
      world.wire.attackBy(kind === 'RESUME_ACCEPT' ? changeAnswers(kind, changed) : changeRequests(kind, changed));
      await resume(stage);
      world.wire.attackBy(readOnly);
      const touched = world.wire.log.some(({ altered: paths }) => paths.includes(path));
      const resumed = traveller.snapshot().sessions.findLast(({ resumes }) => resumes !== undefined);
      const wasAccepted =
        kind === 'RESUME_HELLO'
          ? world.wire.log.some((message) => message.kind === 'RESUME_ACCEPT')
          : resumed?.status === 'ESTABLISHED';
      return {
        succeeded: wasAccepted,
        sessionId: resumed?.sessionId,
        evidence: [
          touched
            ? `The attacker altered ${path} of ${kind} on its way.`
            : `${kind} never passed: nothing was altered.`,
          'Afterwards Traveller made a full handshake automatically, as it does whenever a resumption fails.',
          sessionsOf(traveller, ofTraveller),
          sessionsOf(helper, ofHelper),
          control,
        ],
      };
    },
  };
}

/** Sends a body of the attacker's to Helper or Traveller, and looks whether it was accepted. */
function injected(id: string, title: string, to: 'helper' | 'traveller', make: (stage: Stage) => Promise<string>): Try {
  return {
    id,
    title,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      const control = await converse(stage, 'control');
      const body = await make(stage);
      const address = to === 'helper' ? helperAddress : travellerAddress;
      const answer = await world.wire.inject(address, '/agent/handshake', body, 'sent by the attacker');
      return {
        succeeded: kindOf(answer.body) === 'RESUME_ACCEPT',
        sessionId: String(leaves(body).get('session_id') ?? ''),
        evidence: [
          `The attacker’s RESUME_HELLO was answered with HTTP ${answer.status}.`,
          sessionsOf(to === 'helper' ? helper : traveller),
          control,
        ],
      };
    },
  };
}

async function recorded(stage: Stage): Promise<string> {
  await resume(stage);
  return bodyOf(stage.world.wire.log, 'RESUME_HELLO') ?? '';
}

const others: readonly Try[] = [
  injected('replayed', 'RESUME_HELLO replayed after it was accepted', 'helper', recorded),
  injected('replayed-later', 'RESUME_HELLO replayed six minutes later', 'helper', async (stage) => {
    const body = await recorded(stage);
    stage.world.clock.advance(360_000);
    return body;
  }),
  injected('reflected', 'Traveller’s RESUME_HELLO reflected to Traveller', 'traveller', recorded),
  injected('own-session', 'The attacker’s own session, resumed in Traveller’s name', 'helper', async (stage) => {
    const { world, traveller, helper } = stage;
    const own = await world.open(mallory);
    await own.agent.connect(helper.agentId);
    const [record] = await own.store.loadResumptions();
    return craftResumeHello(world, record, { senderId: traveller.agentId, recipientId: helper.agentId });
  }),
  injected('stolen-key', 'Traveller’s session, with its stolen resumption key', 'helper', async (stage) => {
    const { world, traveller, helper } = stage;
    const [record] = await traveller.store.loadResumptions();
    // The signing key of the session is not among what was stolen: it is never bytes.
    const { privateKey } = await world.environment.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    const stolen = record === undefined ? undefined : { ...record, signingKey: privateKey };
    return craftResumeHello(world, stolen, { senderId: traveller.agentId, recipientId: helper.agentId });
  }),
  injected('revoked', 'A genuine RESUME_HELLO, after Traveller’s certificate was revoked', 'helper', async (stage) => {
    const { world, traveller, helper } = stage;
    const [record] = await traveller.store.loadResumptions();
    await world.revoke(traveller.agentId);
    // Long enough for Helper to ask for a newer list, and not long enough to look by itself.
    world.clock.advance(25_000);
    return craftResumeHello(world, record, { senderId: traveller.agentId, recipientId: helper.agentId });
  }),
];
