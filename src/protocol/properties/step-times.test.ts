import { beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import type { HandshakeContext } from '../handshake/context.ts';
import { readHandshake } from '../handshake/received.ts';
import { handleResumeHello } from '../handshake/resumption/responder.ts';
import type { OperationName, TraceEvent } from '../trace/events.ts';
import { accepting, makeAgent, runHandshake, type TestAgent, testEnvironment } from './testing/fixture.ts';
import { resumablePair, runResumption } from './testing/resumptions.ts';
import { readBody, refusal, withByteChanged, writeBody } from './testing/tamper.ts';

let environment: Environment;
let client: TestAgent;
let server: TestAgent;

beforeAll(async () => {
  environment = await testEnvironment();
  client = await makeAgent('traveller_001');
  server = await makeAgent('helper_agent_001');
});

interface Stored {
  readonly by: OperationName;
  readonly from: number;
  readonly to: number;
}

/** A side's steps and stores by a clock that moves at each look: two steps of one moment were timed one within the other. */
function watch<Context extends HandshakeContext>(context: Context) {
  let at = 0;
  const tick = () => {
    at += 1;
    return at;
  };
  const events: TraceEvent[] = [];
  const stored: Stored[] = [];
  const watched = <Given extends readonly unknown[], Result>(
    by: OperationName,
    store: (...given: Given) => Result | Promise<Result>,
  ) => {
    return async (...given: Given): Promise<Result> => {
      const from = tick();
      const result = await store(...given);
      stored.push({ by, from, to: tick() });
      return result;
    };
  };
  const { memory } = context;
  return {
    events,
    stored,
    watched,
    context: {
      ...context,
      environment: { ...environment, monotonic: tick },
      observe: (event: TraceEvent) => events.push(event),
      memory: {
        hasNonce: memory.hasNonce.bind(memory),
        hasSession: memory.hasSession.bind(memory),
        requireRoom: memory.requireRoom.bind(memory),
        recordNonce: watched('store_nonce', memory.recordNonce.bind(memory)),
        reserveSession: watched('reserve_session', memory.reserveSession.bind(memory)),
      },
    },
  };
}

const watchResumption = (context: ReturnType<Awaited<ReturnType<typeof resumablePair>>['client']['context']>) => {
  const side = watch(context);
  const { resumptions } = context;
  const take = side.watched('use_up_resumption', resumptions.take.bind(resumptions));
  const memory = { find: resumptions.find.bind(resumptions), decoy: resumptions.decoy, take };
  return { ...side, context: { ...side.context, resumptions: memory } };
};

/** What was timed, as intervals of the watch's clock, in order. */
function spansOf(events: readonly TraceEvent[]) {
  return events
    .flatMap((event) => {
      if (event.kind !== 'check' && event.kind !== 'operation') return [];
      const name = event.kind === 'check' ? event.check : event.operation;
      return [{ name, from: event.at - event.duration, to: event.at }];
    })
    .toSorted((a, b) => a.from - b.from);
}

function expectSeparate({ events, stored }: Pick<ReturnType<typeof watch>, 'events' | 'stored'>): void {
  const spans = spansOf(events);
  expect(spans.length).toBeGreaterThan(3);
  const within = spans.flatMap((span, i) => {
    const before = spans[i - 1];
    return before !== undefined && span.from <= before.to ? [`${span.name} within ${before.name}`] : [];
  });
  expect(within).toEqual([]);
  for (const { by, from, to } of stored) {
    const names = spans.filter((span) => span.from < to && from < span.to).map(({ name }) => name);
    expect(names).toEqual([by]);
  }
}

describe('no step is timed within another, and every store has a step', () => {
  test('of a handshake', async () => {
    const atClient = watch(accepting(environment, server));
    const atServer = watch(accepting(environment, client));
    await runHandshake(environment, client, server, atClient.context, atServer.context);
    expect(atClient.stored.map(({ by }) => by)).toEqual(['reserve_session', 'store_nonce']);
    expect(atServer.stored.map(({ by }) => by)).toEqual(['store_nonce', 'reserve_session']);
    expectSeparate(atClient);
    expectSeparate(atServer);
  });

  test('of a resumption', async () => {
    const pair = await resumablePair(environment, client, server);
    const atClient = watchResumption(pair.client.context());
    const atServer = watchResumption(pair.server.context());
    await runResumption(pair.client, pair.server, { initiator: atClient.context, responder: atServer.context });
    expect(atClient.stored.map(({ by }) => by)).toEqual(['reserve_session', 'use_up_resumption', 'store_nonce']);
    expect(atServer.stored.map(({ by }) => by)).toEqual(['store_nonce', 'reserve_session', 'use_up_resumption']);
    expectSeparate(atClient);
    expectSeparate(atServer);
  });
});

test('an answer whose nonce cannot be stored fails no check: its signature has verified', async () => {
  const atClient = watch(accepting(environment, server));
  const refused = new TypeError('The disk is full.');
  const context = {
    ...atClient.context,
    memory: { ...atClient.context.memory, recordNonce: () => Promise.reject(refused) },
  };
  await expect(runHandshake(environment, client, server, context)).rejects.toBe(refused);
  const checks = atClient.events.flatMap((event) =>
    event.kind === 'check' ? [`${event.check} ${event.outcome}`] : [],
  );
  expect(checks.at(-1)).toBe('signature passed');
});

test('the work after a refused resumption is not timed as the check that refused it', async () => {
  const pair = await resumablePair(environment, client, server);
  const { hello } = await runResumption(pair.client, pair.server);
  const bad = writeBody({
    ...readBody(hello.body),
    signature: withByteChanged(readBody(hello.body).signature ?? '', 7, 1),
  });
  for (const [body, change] of [
    [bad, {}],
    [hello.body, { expiresAt: 0 }],
  ] as const) {
    const atServer = watchResumption(pair.server.context(change));
    let used = 0;
    const verify: typeof environment.subtle.verify = (...given) => {
      // The decoy's work moves the clock, as real time would.
      used += 1;
      atServer.context.environment.monotonic();
      return environment.subtle.verify(...given);
    };
    const subtle = new Proxy(environment.subtle, {
      get: (target, name) => {
        if (name === 'verify') return verify;
        const found: unknown = Reflect.get(target, name);
        return typeof found === 'function' ? found.bind(target) : found;
      },
    });
    const context = { ...atServer.context, environment: { ...atServer.context.environment, subtle } };
    expect(await refusal(() => handleResumeHello(context, pair.server.agent.own, readHandshake(body)))).toBe(
      'resumption_unknown',
    );
    expect(used).toBe(2);
    const last = spansOf(atServer.events).at(-1);
    expect(last?.to).toBe((last?.from ?? 0) + (last?.name === 'signature' ? 2 : 1));
  }
});
