import * as v from 'valibot';
import { beforeAll, expect, test } from 'vitest';
import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Established } from '../../protocol/handshake/established.ts';
import { initiateHandshake } from '../../protocol/handshake/full/initiator.ts';
import { handleClientHello } from '../../protocol/handshake/full/responder.ts';
import { readHandshake } from '../../protocol/handshake/received.ts';
import { isSessionId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import {
  accepting,
  clock,
  makeAgent,
  runHandshake,
  type TestAgent,
  testEnvironment,
} from '../../protocol/properties/testing/fixture.ts';
import { Session } from '../../protocol/session/session.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { nonce as nonceMember } from '../../protocol/wire/members.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { HandshakeNotes } from '../audit/entry/handshake-notes.ts';
import { ActivityLog } from '../state/activity-log.ts';
import { TestClock } from '../testing/clock.ts';
import { AgentHandshakeMemory, standardLimits } from './handshake-memory.ts';
import { SessionTable } from './session-table.ts';

let environment: Environment;
let caller: TestAgent;
let callee: TestAgent;
let established: Established;

beforeAll(async () => {
  environment = await testEnvironment();
  caller = await makeAgent('traveller_agent_001');
  callee = await makeAgent('helper_agent_001');
  established = (await runHandshake(environment, caller, callee)).server;
});

/** The callee, its table filled with `count` sessions, and every call its cryptography gets. */
function calleeWith(count: number, isVerified = false) {
  const scheduler = new TestClock(1_000 * clock);
  const now = () => Math.floor(scheduler.now() / 1_000);
  const table = new SessionTable({
    activity: new ActivityLog(() => undefined),
    scheduler,
    now,
    epochBegun: () => undefined,
  });
  const sessions = Array.from({ length: count }, () => new Session({ ...established, id: newSessionId() }));
  for (const session of sessions) table.establish(session);
  const memory = new AgentHandshakeMemory({
    store: createMemoryAgentStore(),
    now,
    room: () => table.room(),
    limits: standardLimits,
    showsVerifiedKey: async () => isVerified,
  });
  const calls: string[] = [];
  const subtle = new Proxy(environment.subtle, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        calls.push(String(name));
        return Reflect.apply(method, target, args);
      };
    },
  });
  const context = { ...accepting({ ...environment, subtle }, caller), memory };
  return { table, sessions, calls, context, scheduler };
}

function newSessionId() {
  const id = toHex(environment.random(16));
  if (!isSessionId(id)) throw new RangeError('16 bytes make a session id');
  return id;
}

async function newHello() {
  const { body } = await initiateHandshake(accepting(environment, callee), caller.own, callee.asPeer);
  return readHandshake(body);
}

test('holds 1,000 sessions and refuses the next hello with 503, at the price of one hash', async () => {
  const { table, sessions, calls, context } = calleeWith(limits.sessions);
  expect(table.alive()).toHaveLength(1_000);
  const hello = await newHello();
  const refused: unknown = await handleClientHello(context, callee.own, hello).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ParleyError);
  expect(refused).toMatchObject({ code: 'session_limit_reached', status: 503, retryAfter: limits.sessionLifetime });
  // The hash of the certificate, under which its nonces are kept; nothing with a key, private or public.
  expect(calls).toEqual(['digest']);
  expect(table.alive()).toHaveLength(1_000);

  // The refusal has remembered nothing: with a place free beside those that are kept, the same hello is taken.
  for (const session of sessions.slice(0, limits.sessions / 8)) table.end(session, 'CLOSED');
  await expect(handleClientHello(context, callee.own, hello)).rejects.toMatchObject({ code: 'session_limit_reached' });
  for (const session of sessions.slice(limits.sessions / 8, limits.sessions / 8 + 1)) table.end(session, 'CLOSED');
  const answer = await handleClientHello(context, callee.own, hello);
  expect(answer.state.sessionId).toBe(hello.sessionId);
  expect(calls).toContain('decrypt');
});

test('keeps an eighth of the places for verified peers and for its own handshakes', async () => {
  const most = limits.sessions - limits.sessions / 8;
  const { context, table, calls } = calleeWith(most);
  await expect(handleClientHello(context, callee.own, await newHello())).rejects.toMatchObject({
    code: 'session_limit_reached',
  });
  expect(calls).toEqual(['digest']);
  await context.memory.reserveSession(newSessionId());
  expect(table.alive()).toHaveLength(most);
});

test('refuses this agent’s own handshake only when no place at all is left', async () => {
  const { context } = calleeWith(limits.sessions);
  await expect(context.memory.reserveSession(newSessionId())).rejects.toMatchObject({ code: 'session_limit_reached' });
});

test('takes the thousandth session, of a verified peer', async () => {
  const { context } = calleeWith(limits.sessions - 1, true);
  const hello = await newHello();
  expect((await handleClientHello(context, callee.own, hello)).state.sessionId).toBe(hello.sessionId);
});

test('holds 200 half-open handshakes and has room again when they have timed out', async () => {
  const { table, calls, context, scheduler } = calleeWith(0);
  const { state } = await handleClientHello(context, callee.own, await newHello());
  for (let count = 0; count < limits.halfOpenHandshakes; count++) {
    table.halfOpen.hold({ state: { ...state, sessionId: newSessionId() }, startedAt: 0, notes: new HandshakeNotes() });
  }
  calls.length = 0;
  const hello = await newHello();
  await expect(handleClientHello(context, callee.own, hello)).rejects.toMatchObject({
    code: 'session_limit_reached',
    retryAfter: limits.halfOpen,
  });
  expect(calls).toEqual(['digest']);
  scheduler.advance(1_000 * limits.halfOpen);
  expect((await handleClientHello(context, callee.own, hello)).state.sessionId).toBe(hello.sessionId);
});

test('holds 8 half-open handshakes of one peer, refuses its ninth before any private key is used, and has room for others', async () => {
  const { table, calls, context } = calleeWith(0);
  const { state } = await handleClientHello(context, callee.own, await newHello());
  context.memory.settle(state.sessionId);
  for (let count = 0; count < limits.halfOpenPerPeer; count++) {
    table.halfOpen.hold({ state: { ...state, sessionId: newSessionId() }, startedAt: 0, notes: new HandshakeNotes() });
  }
  calls.length = 0;
  await expect(handleClientHello(context, callee.own, await newHello())).rejects.toMatchObject({
    code: 'session_limit_reached',
    retryAfter: limits.halfOpen,
  });
  // Its signature has been verified first: nobody can use up another's share.
  expect(calls).toContain('verify');
  expect(calls).not.toContain('decrypt');
  const stranger = { ...state.peer, signingSpki: new Uint8Array(294) };
  await context.memory.reserveSession(newSessionId(), stranger);
});

test('remembers so many hellos of one peer at most, and says when the next is taken', async () => {
  const { context, scheduler, table } = calleeWith(0);
  const { state } = await handleClientHello(context, callee.own, await newHello());
  context.memory.settle(state.sessionId);
  const record = () => {
    const nonce = v.parse(nonceMember, encodeBase64(environment.random(32)));
    return context.memory.recordNonce(state.peer.signingFingerprint, nonce, state.peer);
  };
  for (let count = 1; count < 6_000; count++) await record();
  await expect(record()).rejects.toMatchObject({ code: 'rate_limited', retryAfter: limits.nonceMemory });
  scheduler.advance(1_000 * (limits.nonceMemory + 1));
  await record();
  expect(table.alive()).toEqual([]);
});

test('takes no hello later that it has refused for its peer’s share: its session id is dead', async () => {
  const { table, context, scheduler } = calleeWith(0);
  const { state } = await handleClientHello(context, callee.own, await newHello());
  context.memory.settle(state.sessionId);
  for (let count = 0; count < limits.halfOpenPerPeer; count++) {
    table.halfOpen.hold({ state: { ...state, sessionId: newSessionId() }, startedAt: 0, notes: new HandshakeNotes() });
  }
  const hello = await newHello();
  await expect(handleClientHello(context, callee.own, hello)).rejects.toMatchObject({ code: 'session_limit_reached' });
  scheduler.advance(1_000 * limits.halfOpen);
  await expect(handleClientHello(context, callee.own, hello)).rejects.toMatchObject({ code: 'replayed_nonce' });
  expect(context.memory.hasSession(hello.sessionId)).toBe(true);
  expect((await handleClientHello(context, callee.own, await newHello())).state.phase).toBe('awaiting_client_confirm');
});

test('knows another peer’s ended session, however many of one peer end after it', () => {
  const { table } = calleeWith(0);
  const other = { ...established.peer, signingSpki: new Uint8Array(294) };
  const make = (peer = established.peer) => {
    const session = new Session({ ...established, peer, id: newSessionId() });
    table.establish(session);
    table.end(session, 'CLOSED');
    return session.id;
  };
  const theirs = make(other);
  const own = Array.from({ length: 1_000 }, () => make());
  expect(table.find(theirs).status).toBe('CLOSED');
  expect(table.isKnown(own.at(-1) ?? '')).toBe(true);
  expect(table.isKnown(own[0] ?? '')).toBe(false);
});
