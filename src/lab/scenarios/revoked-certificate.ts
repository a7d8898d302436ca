import { craftClientHello } from '../attacker/craft.ts';
import { asPeer, identityOf } from '../attacker/forge.ts';
import { kindOf } from '../run/body.ts';
import { sessionsOf, timesRun } from '../run/judge.ts';
import { converse, failureOf, runTries, type Scenario, type Try } from '../run/run.ts';
import { helperAddress, mallory } from '../run/world.ts';

/** A certificate is used after it was revoked. */
export const revokedCertificate: Scenario = {
  info: {
    id: 'revoked-certificate',
    title: 'Revoked certificate',
    summary: 'Use private keys after their certificate was revoked',
    attempts: 3,
    has: 'Private keys whose certificate the Controller has revoked.',
    wants: 'A new session with these keys, or to keep one that is open.',
    promise:
      'Every handshake checks the newest revocation list, and an established session ends when the list names the peer (parley/1, section 2).',
  },
  run: (lab) => runTries(lab, [calling, called, during]),
};

/** Long enough for an agent to ask for a newer list. */
const untilNextList = 61_000;

const calling: Try = {
  id: 'calling',
  title: 'Call Helper with a revoked certificate',
  act: async (stage) => {
    const { world, helper } = stage;
    const control = await converse(stage, 'control');
    const own = await identityOf(await world.open(mallory));
    const speaker = { agentId: mallory.agentId, certificates: own.certificates, signingKey: own.signing.privateKey };
    const peer = await asPeer(world, (await identityOf(helper)).certificates);
    await world.revoke(mallory.agentId);
    world.clock.advance(untilNextList);
    const answer = await world.wire.inject(
      helperAddress,
      '/agent/handshake',
      await craftClientHello(world, speaker, peer),
      'sent with a revoked certificate',
    );
    return {
      succeeded: kindOf(answer.body) === 'SERVER_HELLO',
      sessionId: helper.snapshot().sessions.at(-1)?.sessionId,
      evidence: [`Helper answered with HTTP ${answer.status}.`, sessionsOf(helper), control],
    };
  },
};

const called: Try = {
  id: 'called',
  title: 'Wait for Traveller’s call with a revoked certificate',
  act: async ({ world, traveller, helper }) => {
    await world.revoke(helper.agentId);
    world.clock.advance(untilNextList);
    const error = await failureOf(traveller.agent.connect(helper.agentId));
    return {
      succeeded: traveller.snapshot().sessions.some(({ status }) => status === 'ESTABLISHED'),
      failure: { by: 'traveller', error },
      evidence: [
        `Traveller’s connect ended with ${error?.code ?? 'a session'}.`,
        `${world.wire.log.length} messages crossed the line.`,
        sessionsOf(traveller),
      ],
    };
  },
};

const during: Try = {
  id: 'during',
  title: 'Keep a session that was open before the revocation',
  act: async (stage) => {
    const { world, traveller, helper } = stage;
    const control = await converse(stage, 'before the revocation');
    const { sessionId } = traveller.snapshot().sessions.at(-1) ?? {};
    await world.revoke(helper.agentId);
    world.clock.advance(untilNextList);
    await traveller.agent.checkRevocations();
    const request = { peerId: helper.agentId, method: 'send_request', parameters: { query: 'after the revocation' } };
    const error = await failureOf(traveller.agent.send(request));
    return {
      succeeded: timesRun(helper, 'after the revocation') > 0,
      sessionId,
      failure: { by: 'traveller', error },
      evidence: [
        control,
        sessionsOf(traveller),
        `A request after it ended with ${error?.code ?? 'an answer'}; Helper ran it ${timesRun(helper, 'after the revocation')} times.`,
      ],
    };
  },
};
