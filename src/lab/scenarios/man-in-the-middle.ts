import { bodyOf, changeAnswers, changeRequests } from '../attacker/attacks.ts';
import { altered, leaves, withMember } from '../run/body.ts';
import { sessionIdsOf, sessionsOf } from '../run/judge.ts';
import { converse, failureOf, onStage, runTries, runTry, type Scenario, type Stage, type Try } from '../run/run.ts';
import type { LabMessage } from '../run/scenario.ts';
import { readOnly } from '../run/wire.ts';

const kinds = ['CLIENT_HELLO', 'SERVER_HELLO', 'CLIENT_CONFIRM', 'SESSION_ESTABLISHED'] as const;
type Kind = (typeof kinds)[number];

/** Every member of every handshake message, changed and dropped in turn. */
export const manInTheMiddle: Scenario = {
  info: {
    id: 'man-in-the-middle',
    title: 'Man in the middle',
    summary: 'Change every member of the handshake in turn',
    attempts: 94,
    has: 'A place on the line: every message passes through the attacker’s hands and can be changed before it arrives.',
    wants: 'To change one member of the handshake without either agent noticing.',
    promise:
      'Signatures cover the whole transcript, and the confirmation key depends on all of it (parley/1, section 3).',
  },
  run: (lab) =>
    onStage(lab, async (stage) => {
      const control = await converse(stage, 'control');
      const genuine = [...stage.world.wire.log];
      return runTries(lab, tries(genuine, control), (each) => runTry(each, stage));
    }),
};

function tries(genuine: readonly LabMessage[], control: string): readonly Try[] {
  return kinds.flatMap((kind) => {
    const body = bodyOf(genuine, kind) ?? '{}';
    return [...leaves(body).keys()].flatMap((path) => [
      attempt(kind, path, 'altered', control),
      attempt(kind, path, 'dropped', control),
    ]);
  });
}

function attempt(kind: Kind, path: string, how: 'altered' | 'dropped', control: string): Try {
  const change = (body: string) =>
    withMember(body, path, how === 'dropped' ? undefined : altered(leaves(body).get(path) ?? ''));
  const isAnswer = kind === 'SERVER_HELLO' || kind === 'SESSION_ESTABLISHED';
  return {
    id: `${kind}-${path}-${how}`,
    title: `${kind}.${path} ${how}`,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      await clearLine(stage);
      const [ofTraveller, ofHelper] = [sessionIdsOf(traveller), sessionIdsOf(helper)];
      world.wire.attackBy(isAnswer ? changeAnswers(kind, change) : changeRequests(kind, change));
      const failure = await failureOf(traveller.agent.connect(helper.agentId));
      world.wire.attackBy(readOnly);
      const touched = world.wire.log.some(({ kind: passed, altered: paths }) => passed === kind && paths.length > 0);
      return {
        succeeded: wasAccepted(stage, kind),
        evidence: [
          touched ? `The attacker ${how} ${path} of ${kind} on its way.` : `${kind} never passed: nothing was ${how}.`,
          failure === undefined ? 'Traveller’s connect succeeded.' : `Traveller’s connect ended with ${failure.code}.`,
          sessionsOf(traveller, ofTraveller),
          sessionsOf(helper, ofHelper),
          control,
        ],
      };
    },
  };
}

/** True when the receiver of the changed message went on as if it were genuine. */
function wasAccepted({ world, traveller }: Stage, kind: Kind): boolean {
  const { log } = world.wire;
  switch (kind) {
    case 'CLIENT_HELLO':
      return log.some((message) => message.kind === 'SERVER_HELLO');
    case 'SERVER_HELLO':
      return log.some((message) => message.kind === 'CLIENT_CONFIRM');
    case 'CLIENT_CONFIRM':
      return log.some((message) => message.kind === 'SESSION_ESTABLISHED');
    case 'SESSION_ESTABLISHED':
      return traveller.snapshot().sessions.at(-1)?.status === 'ESTABLISHED';
  }
}

/** Ends what earlier tries left half open, so that each starts alike. */
async function clearLine({ world, traveller }: Stage): Promise<void> {
  world.clock.advance(31_000);
  for (const { sessionId, status } of traveller.snapshot().sessions) {
    if (status === 'ESTABLISHED') await traveller.agent.disconnect(sessionId);
  }
  world.wire.clear();
}
