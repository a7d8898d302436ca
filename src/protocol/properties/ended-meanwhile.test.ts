import { beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import type { Established } from '../handshake/established.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import { Session } from '../session/session.ts';
import { unobserved } from '../trace/events.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { clock, makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { decryptMessage } from './testing/messages.ts';
import { refusal } from './testing/tamper.ts';

let environment: Environment;
let ends: { readonly client: Established; readonly server: Established };
beforeAll(async () => {
  environment = await testEnvironment();
  ends = await runHandshake(environment, await makeAgent('traveller_001'), await makeAgent('helper_agent_001'));
});

/** Both ends, an envelope of the client's, and what the server makes of it. */
async function sent() {
  const own = ({ keys, ...rest }: Established): Established => ({
    ...rest,
    keys: { ...keys, clientIv: keys.clientIv.slice(), serverIv: keys.serverIv.slice() },
  });
  const [client, server] = [new Session(own(ends.client)), new Session(own(ends.server))];
  const context = { environment, observe: unobserved };
  const nonce = encodeBase64(environment.random(16));
  const body = await encryptMessage(context, client, { message_type: 'CLOSE', request_id: 'close', nonce });
  return { server, receive: () => refusal(() => decryptMessage(context, server, readEnvelope(body))) };
}

describe('a session that ends while an envelope is being looked at', () => {
  test('refuses it as one of a session that has ended', async () => {
    const { server, receive } = await sent();
    const received = receive();
    server.end('CLOSED');
    expect(await received).toBe('session_closed');
  });

  test('by an envelope that arrived twice: the second is a replay, also when the first has ended the session', async () => {
    const { server, receive } = await sent();
    const first = receive();
    const ended = first.then(() => server.end('CLOSED'));
    const second = receive();
    await ended;
    expect([await first, await second]).toEqual(['accepted', 'replayed_message']);
    expect(server.epochOf(0, clock)).toBeUndefined();
  });

  test('after it, the same envelope is of a session that has ended', async () => {
    const { server, receive } = await sent();
    expect(await receive()).toBe('accepted');
    server.end('CLOSED');
    expect(await receive()).toBe('session_closed');
  });
});
