import { beforeAll, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { checkEnvelope, openEnvelope, readEnvelope } from '../session/envelope.ts';
import { Session } from '../session/session.ts';
import type { TraceEvent } from '../trace/events.ts';
import { encodeBase64 } from '../wire/base64.ts';
import {
  accepting,
  clock,
  makeAgent,
  runHandshake,
  type TestAgent,
  type TestMemory,
  testEnvironment,
} from './testing/fixture.ts';
import { decryptMessage } from './testing/messages.ts';
import { resumablePair, runResumption } from './testing/resumptions.ts';

let platform: Environment;
let client: TestAgent;
let server: TestAgent;

beforeAll(async () => {
  platform = await testEnvironment();
  client = await makeAgent('traveller_001');
  server = await makeAgent('helper_agent_001');
});

/** A clock on which nothing takes time but what is stored: each storing takes a second. */
function slowToStore() {
  let at = 0;
  const events: TraceEvent[] = [];
  const environment = { ...platform, monotonic: () => at };
  const slow = <Context extends { readonly memory: TestMemory }>(context: Context) => {
    const { memory } = context;
    const record = memory.recordNonce.bind(memory);
    const reserve = memory.reserveSession.bind(memory);
    memory.recordNonce = async (...given) => {
      at += 1_000;
      await record(...given);
    };
    memory.reserveSession = (...given) => {
      at += 1_000;
      reserve(...given);
    };
    return { ...context, environment, observe: (event: TraceEvent) => events.push(event) };
  };
  const lasting = () =>
    events.flatMap((event) => {
      if (event.kind !== 'check' && event.kind !== 'operation') return [];
      return event.duration === 0 ? [] : [event.kind === 'check' ? event.check : event.operation];
    });
  return { environment, slow, lasting };
}

test('no check of a handshake takes the time of what is stored or reserved, on neither side', async () => {
  const { environment, slow, lasting } = slowToStore();
  await runHandshake(
    environment,
    client,
    server,
    slow(accepting(environment, server)),
    slow(accepting(environment, client)),
  );
  expect(lasting()).toEqual(['reserve_session', 'store_nonce', 'reserve_session', 'store_nonce']);
});

test('nor does one of a resumption', async () => {
  const { environment, slow, lasting } = slowToStore();
  const pair = await resumablePair(environment, client, server);
  await runResumption(pair.client, pair.server, {
    initiator: slow(pair.client.context()),
    responder: slow(pair.server.context()),
  });
  expect(lasting()).toEqual(['reserve_session', 'store_nonce', 'reserve_session', 'store_nonce']);
});

async function sessions() {
  const run = await runHandshake(platform, client, server);
  return { sender: new Session(run.client), receiver: new Session(run.server) };
}

const request = () => ({
  message_type: 'REQUEST',
  request_id: 'one',
  method: 'echo',
  parameters: null,
  nonce: encodeBase64(platform.random(16)),
});

test('of two copies of an envelope at once the second fails by its sequence, not by its decryption', async () => {
  const { sender, receiver } = await sessions();
  const failed: TraceEvent[] = [];
  const observe = (event: TraceEvent) => {
    if (event.kind === 'check' && event.outcome === 'failed') failed.push(event);
  };
  const context = { environment: platform, observe };
  const envelope = readEnvelope(await encryptMessage(context, sender, request()));
  await Promise.allSettled([decryptMessage(context, receiver, envelope), decryptMessage(context, receiver, envelope)]);
  expect(failed).toMatchObject([{ check: 'sequence', code: 'replayed_message' }]);
});

test('an envelope of the next epoch says so once it is signed, and is looked for when this side’s update is settled', async () => {
  const { sender, receiver } = await sessions();
  let at = 0;
  const lasting: unknown[] = [];
  const context = {
    environment: { ...platform, monotonic: () => at },
    observe: (event: TraceEvent) => {
      if (event.kind === 'check' && event.duration > 0) lasting.push(event.check);
    },
  };
  const { epoch } = sender.live(clock);
  const keys = {
    ...epoch,
    clientKey: epoch.sendKey,
    serverKey: epoch.receiveKey,
    clientIv: epoch.sendIv,
    serverIv: epoch.receiveIv,
  };
  sender.advance(keys, epoch.salt, clock);
  const envelope = readEnvelope(await encryptMessage(context, sender, request()));
  const checked = await checkEnvelope(context, receiver, envelope);
  expect(checked.isOfNextEpoch).toBe(true);
  // The time for which an update is waited for belongs to no check.
  at += 1_000;
  await expect(openEnvelope(context, receiver, checked)).rejects.toMatchObject({ code: 'unknown_epoch' });
  expect(lasting).toEqual([]);
});
