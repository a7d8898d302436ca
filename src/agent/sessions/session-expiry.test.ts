import { beforeAll, expect, test } from 'vitest';
import type { SessionId } from '../../protocol/bytes.ts';
import type { Established } from '../../protocol/handshake/established.ts';
import { isSessionId } from '../../protocol/ids.ts';
import { clock, makeAgent, runHandshake, testEnvironment } from '../../protocol/properties/testing/fixture.ts';
import { Session } from '../../protocol/session/session.ts';
import { ActivityLog } from '../state/activity-log.ts';
import { TestClock } from '../testing/clock.ts';
import { SessionTable } from './session-table.ts';

const hour = 3_600;
let established: Established;

beforeAll(async () => {
  const [caller, callee] = [await makeAgent('traveller_agent_001'), await makeAgent('helper_agent_001')];
  established = (await runHandshake(await testEnvironment(), caller, callee)).server;
});

function idOf(number: number): SessionId {
  const id = number.toString(16).padStart(32, '0');
  if (!isSessionId(id)) throw new RangeError(id);
  return id;
}

/** A table, its timers, and what makes a session in it that ends after so many seconds. */
function newTable() {
  const timers = new TestClock(1_000 * clock);
  /** Seconds by which the wall clock was set back. */
  const back = { seconds: 0 };
  const now = () => Math.floor(timers.now() / 1_000) - back.seconds;
  const table = new SessionTable({
    activity: new ActivityLog(() => undefined),
    scheduler: timers,
    now,
    epochBegun: () => undefined,
  });
  let made = 0;
  const establish = (seconds: number) => {
    const session = new Session({ ...established, id: idOf(made++), createdAt: now(), expiresAt: now() + seconds });
    table.establish(session);
    return session;
  };
  return { table, timers, back, establish };
}

test('sessions end in their order, each at its expiry, by one timer for all', () => {
  const { timers, establish } = newTable();
  const later = establish(hour);
  const [sooner, same] = [establish(hour / 2), establish(hour / 2)];
  const statuses = () => [later, sooner, same].map(({ status }) => status);
  expect(timers.waiting).toBe(1);

  timers.advance(hour * 500 - 1_000);
  expect(statuses()).toEqual(['ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED']);
  timers.advance(1_000);
  expect(statuses()).toEqual(['ESTABLISHED', 'EXPIRED', 'EXPIRED']);
  expect(timers.waiting).toBe(1);
  timers.advance(hour * 500);
  expect(statuses()).toEqual(['EXPIRED', 'EXPIRED', 'EXPIRED']);
  expect(timers.waiting).toBe(0);
});

test('sessions also end in their time when the clock was set back', () => {
  const { timers, back, establish } = newTable();
  const [first, second] = [establish(hour), establish(hour + 60)];
  back.seconds = 10 * hour;
  timers.advance(1_000 * hour);
  expect([first.status, second.status]).toEqual(['EXPIRED', 'ESTABLISHED']);
  timers.advance(60_000);
  expect(second.status).toBe('EXPIRED');
});

test('nothing waits once the last session has ended', () => {
  const { table, timers, establish } = newTable();
  const [one, other] = [establish(hour), establish(hour)];
  table.end(one, 'CLOSED');
  expect(timers.waiting).toBe(1);
  table.end(other, 'CLOSED');
  expect(timers.waiting).toBe(0);
  establish(hour);
  table.close();
  expect(timers.waiting).toBe(0);
});

test('sessions whose time is over take no place, also where timers come late', () => {
  const { table, back, establish } = newTable();
  const session = establish(hour);
  back.seconds = -2 * hour;
  expect(table.room()).toMatchObject({ sessions: 0, freeIn: hour });
  expect(session.status).toBe('EXPIRED');
});
