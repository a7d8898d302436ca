import { bodyOf } from '../attacker/attacks.ts';
import { leaves, withMember } from '../run/body.ts';
import { sessionsOf, timesRun } from '../run/judge.ts';
import { runTries, type Scenario, type Stage, type Try } from '../run/run.ts';
import { helperAddress, mallory, travellerAddress } from '../run/world.ts';

const order = 'Open the east gate';

/** The attacker speaks in a session that others have made. */
export const sessionHijacking: Scenario = {
  info: {
    id: 'session-hijacking',
    title: 'Session hijacking',
    summary: 'Speak in the session of two other agents',
    attempts: 6,
    has: 'The session id, which is visible on the line, genuine envelopes of this session, and a genuine session of their own.',
    wants: 'Helper or Traveller to accept an envelope that its peer did not send to it in this session.',
    promise:
      'Every envelope is signed by the session’s own key and bound to session, sender, number and direction (parley/1, section 4).',
  },
  run: (lab) => runTries(lab, tries),
};

const tries: readonly Try[] = [
  hijack('made-up', 'A made-up message under the right session id', async ({ world }, envelope) => {
    const random = btoa(String.fromCharCode(...world.environment.random(64)));
    const body = withMember(withMember(envelope, 'signature', `${random.slice(0, 86)}==`), 'sequence', 7);
    return { to: 'helper', body };
  }),
  hijack('next-number', 'A genuine envelope with the next number', async (_, envelope) => {
    const sequence = leaves(envelope).get('sequence');
    return { to: 'helper', body: withMember(envelope, 'sequence', typeof sequence === 'number' ? sequence + 1 : 1) };
  }),
  hijack(
    'other-session',
    'A genuine envelope of the attacker’s own session, moved into this one',
    async (stage, envelope) => {
      const { world, helper } = stage;
      const own = await world.open(mallory);
      await own.agent.send({ peerId: helper.agentId, method: 'send_request', parameters: { query: order } });
      const foreign =
        world.wire.log.findLast(({ kind, from }) => kind === 'ENVELOPE' && from === 'attacker')?.sent ?? '';
      return { to: 'helper', body: withMember(foreign, 'session_id', leaves(envelope).get('session_id')) };
    },
  ),
  hijack('other-sender', 'A genuine envelope in the name of mallory', async (_, envelope) => ({
    to: 'helper',
    body: withMember(envelope, 'sender_id', mallory.agentId),
  })),
  hijack('wrong-direction', 'Traveller’s own envelope reflected to Traveller', async (_, envelope) => ({
    to: 'traveller',
    body: envelope,
  })),
  hijack('answer-as-request', 'Helper’s answer reflected to Helper as a request', async ({ world }) => ({
    to: 'helper',
    body: world.wire.log.find(({ kind, from }) => kind === 'ENVELOPE' && from === 'helper')?.sent ?? '',
  })),
];

interface Shot {
  readonly to: 'traveller' | 'helper';
  readonly body: string;
}

function hijack(id: string, title: string, aim: (stage: Stage, envelope: string) => Promise<Shot>): Try {
  return {
    id,
    title,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      const { sessionId } = await traveller.agent.send({
        peerId: helper.agentId,
        method: 'send_request',
        parameters: { query: order },
      });
      const { to, body } = await aim(stage, bodyOf(world.wire.log, 'ENVELOPE') ?? '');
      const ran = timesRun(helper, order) + timesRun(traveller, order);
      world.wire.clear();
      const address = to === 'helper' ? helperAddress : travellerAddress;
      const answer = await world.wire.inject(address, '/agent/message', body, 'injected');
      const ranAfter = timesRun(helper, order) + timesRun(traveller, order);
      const stillGood = await traveller.agent
        .send({ peerId: helper.agentId, method: 'ping', parameters: null })
        .then((exchange) => exchange.sessionId === sessionId && exchange.status === 'success');
      return {
        succeeded: answer.status === 200 || ranAfter > ran || !stillGood,
        sessionId,
        evidence: [
          `The injected envelope was answered with HTTP ${answer.status}; Helper and Traveller had run ${ran} request before it, and ${ranAfter} after it.`,
          stillGood
            ? 'The genuine session continues undisturbed: a request after the attack was answered in it.'
            : 'The genuine session did not continue.',
          sessionsOf(helper),
        ],
      };
    },
  };
}
