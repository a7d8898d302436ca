import { beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import { type ErrorCode, ParleyError } from '../errors.ts';
import { readHandshake } from '../handshake/received.ts';
import { initiateResumption } from '../handshake/resumption/initiator.ts';
import { handleResumeHello } from '../handshake/resumption/responder.ts';
import { makeAgent, type TestAgent, testEnvironment } from './testing/fixture.ts';
import { type ResumableSide, resumablePair } from './testing/resumptions.ts';
import { refusal } from './testing/tamper.ts';

let environment: Environment;
let agents: { readonly client: TestAgent; readonly server: TestAgent };
beforeAll(async () => {
  environment = await testEnvironment();
  agents = { client: await makeAgent('traveller_001'), server: await makeAgent('helper_agent_001') };
});

const helloOf = async (side: ResumableSide) =>
  readHandshake((await initiateResumption(side.context(), side.agent.own, side.record)).body);

// Protocol page, section 5: the responder deletes the record in the transaction that accepts it, and not before.
describe('a RESUME_HELLO that is refused leaves its record for the next', () => {
  test.each<ErrorCode>(['revocation_status_unknown', 'certificate_expired', 'certificate_revoked', 'peer_key_changed'])(
    'when the certificates are %s',
    async (code) => {
      const { client, server } = await resumablePair(environment, agents.client, agents.server);
      const context = server.context();
      const refusing = {
        ...context,
        verifyCertificates: () => Promise.reject(new ParleyError(code, 'Refused.')),
      };
      const { own } = server.agent;
      const hello = await helloOf(client);
      expect(await refusal(() => handleResumeHello(refusing, own, hello))).toBe(code);
      expect([context.resumptions.records.size, context.memory.nonces.size, context.memory.sessions.size]).toEqual([
        1, 0, 0,
      ]);
      expect(await refusal(() => handleResumeHello(context, own, hello))).toBe('accepted');
      expect(context.resumptions.records.size).toBe(0);
    },
  );

  test('when there is no room for its session', async () => {
    const { client, server } = await resumablePair(environment, agents.client, agents.server);
    const context = server.context();
    const { own } = server.agent;
    const full = new ParleyError('session_limit_reached', 'Full.');
    const { memory } = context;
    const reserve = memory.reserveSession.bind(memory);
    memory.reserveSession = () => {
      throw full;
    };
    const refused = await helloOf(client);
    expect(await refusal(() => handleResumeHello(context, own, refused))).toBe('session_limit_reached');
    expect(context.resumptions.records.size).toBe(1);
    memory.reserveSession = reserve;
    // Its signature has verified: the very same hello is a replay, another one is not.
    expect(await refusal(() => handleResumeHello(context, own, refused))).toBe('replayed_nonce');
    expect(await refusal(async () => handleResumeHello(context, own, await helloOf(client)))).toBe('accepted');
  });
});
