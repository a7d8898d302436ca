import { bodyOf } from '../attacker/attacks.ts';
import { withMember } from '../run/body.ts';
import { sessionsOf, timesRun } from '../run/judge.ts';
import { latestSession } from '../run/record.ts';
import { failureOf, runTries, type Scenario, type Stage, type Try } from '../run/run.ts';
import type { LabMessage } from '../run/scenario.ts';
import { readOnly } from '../run/wire.ts';
import { helperAddress, type LabAgent } from '../run/world.ts';

type When = 'at once' | 'six minutes later' | 'after Helper has restarted' | 'after a new session has begun';

const order = 'Pay the ferryman ten crowns';
const kinds = ['CLIENT_HELLO', 'CLIENT_CONFIRM', 'ENVELOPE'] as const;
const whens: readonly When[] = [
  'at once',
  'six minutes later',
  'after Helper has restarted',
  'after a new session has begun',
];

/** The attacker sends a second time what was sent once. */
export const replay: Scenario = {
  info: {
    id: 'replay',
    title: 'Replay',
    summary: 'Send recorded messages a second time',
    attempts: 14,
    has: 'A recording of a genuine handshake and of a genuine request. The attacker cannot read it, and need not.',
    wants: 'Helper to open a second session, or to run the request a second time.',
    promise:
      'Nonces, session ids and sequence numbers are accepted once, also across a restart; timestamps within 300 s (parley/1, sections 3 and 4).',
  },
  run: (lab) =>
    runTries(lab, [...kinds.flatMap((kind) => whens.map((when) => replayed(kind, when))), moved, oldAnswer]),
};

/** Makes a session that has said `order`, ends it, and gives what crossed the line. */
async function recordedSession({ world, traveller, helper }: Stage): Promise<readonly LabMessage[]> {
  await traveller.agent.send({ peerId: helper.agentId, method: 'send_request', parameters: { query: order } });
  const recorded = [...world.wire.log];
  await traveller.agent.disconnect(latestSession(traveller) ?? '');
  return recorded;
}

const moved: Try = {
  id: 'envelope-moved',
  title: 'ENVELOPE moved into a new session',
  act: async (stage) => {
    const { world, traveller, helper } = stage;
    const recorded = await recordedSession(stage);
    const { sessionId } = await traveller.agent.connect(helper.agentId);
    const ran = timesRun(helper, order);
    world.wire.clear();
    const body = withMember(recordedBody(recorded, 'ENVELOPE'), 'session_id', sessionId);
    const answer = await world.wire.inject(
      helperAddress,
      '/agent/message',
      body,
      'recorded, given the id of the new session',
    );
    return {
      succeeded: answer.status === 200 || timesRun(helper, order) > ran,
      sessionId,
      evidence: [
        `Helper answered with HTTP ${answer.status} and ran the request ${timesRun(helper, order) - ran} more times.`,
        sessionsOf(helper),
      ],
    };
  },
};

const oldAnswer: Try = {
  id: 'server_hello',
  title: 'SERVER_HELLO replayed as the answer to a new hello',
  act: async (stage) => {
    const { world, traveller, helper } = stage;
    const recorded = await recordedSession(stage);
    world.wire.clear();
    world.wire.attackBy(async (hop) => {
      hop.keep('kept, and answered from the recording');
      return { status: 200, body: recordedBody(recorded, 'SERVER_HELLO') };
    });
    const failure = await failureOf(traveller.agent.connect(helper.agentId));
    world.wire.attackBy(readOnly);
    return {
      succeeded: world.wire.log.some(({ kind }) => kind === 'CLIENT_CONFIRM'),
      evidence: [`Traveller’s connect ended with ${failure?.code ?? 'a session'}.`, sessionsOf(traveller)],
    };
  },
};

function replayed(kind: (typeof kinds)[number], when: When): Try {
  return {
    id: `${kind}-${when.replaceAll(' ', '-').toLowerCase()}`,
    title: `${kind} replayed ${when}`,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      const { sessionId } = await traveller.agent.send({
        peerId: helper.agentId,
        method: 'send_request',
        parameters: { query: order },
      });
      const recorded = [...world.wire.log];
      const ranOnce = timesRun(helper, order);
      const receiver = await wait(stage, when);
      // One that has restarted still knows what was said.
      const ranBefore = timesRun(receiver, order);
      const before = theirSessions(receiver).length;
      world.wire.clear();
      const path = kind === 'ENVELOPE' ? '/agent/message' : '/agent/handshake';
      const answer = await world.wire.inject(
        helperAddress,
        path,
        recordedBody(recorded, kind),
        `recorded, replayed ${when}`,
      );
      const ranAgain = timesRun(receiver, order) - ranBefore;
      // What Helper begins by itself, as its client, is not the attacker's doing.
      const opened = theirSessions(receiver).length - before;
      return {
        succeeded: answer.status === 200 || ranAgain > 0 || opened > 0,
        sessionId,
        evidence: [
          `When Traveller sent it, Helper ran the request ${ranOnce} time.`,
          `To the copy Helper answered with HTTP ${answer.status}, ran the request ${ranAgain} more times and opened ${Math.max(0, opened)} sessions.`,
          sessionsOf(receiver),
        ],
      };
    },
  };
}

/** Returns the sessions that others have begun with an agent. */
function theirSessions({ snapshot }: LabAgent) {
  return snapshot().sessions.filter(({ role, status }) => role === 'server' && status !== 'FAILED');
}

/** Waits as `when` says before the copy is sent, and returns the agent that it is sent to. */
async function wait({ world, traveller, helper }: Stage, when: When): Promise<LabAgent> {
  switch (when) {
    case 'at once':
      return helper;
    case 'six minutes later':
      world.clock.advance(360_000);
      return helper;
    case 'after Helper has restarted':
      await helper.agent.stop();
      return world.openHelper({ store: helper.store });
    case 'after a new session has begun':
      await traveller.agent.disconnect(traveller.snapshot().sessions.at(-1)?.sessionId ?? '');
      await traveller.agent.connect(helper.agentId);
      return helper;
  }
}

function recordedBody(log: readonly LabMessage[], kind: LabMessage['kind']): string {
  return bodyOf(log, kind) ?? '';
}
