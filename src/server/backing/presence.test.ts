import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isAgentId } from '../../protocol/ids.ts';
import { Presence } from './presence.ts';

const [agentId] = ['helper_agent_001'].filter(isAgentId);
let told: string[];
let presence: Presence;
beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  presence = new Presence(3_000, ({ type }) => told.push(type));
});
afterEach(() => {
  presence.close();
  vi.useRealTimers();
});

function change(isOnline: boolean) {
  if (agentId === undefined) throw new TypeError('agent_id');
  if (isOnline) presence.online(agentId);
  else presence.offline(agentId);
}

test('an agent that comes is told of at once, one that goes when it has not come back', () => {
  change(true);
  expect(told).toEqual(['agent_online']);
  change(false);
  vi.advanceTimersByTime(2_999);
  expect(told).toEqual(['agent_online']);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['agent_online', 'agent_offline']);
});

test('one that connects again and again was never away', () => {
  change(true);
  for (let at = 0; at < 1_000; at += 1) {
    change(false);
    vi.advanceTimersByTime(100);
    change(true);
    vi.advanceTimersByTime(100);
  }
  expect(told).toEqual(['agent_online']);
});

test('one that stays away just long enough is told of less and less often, and the last word is right', () => {
  change(true);
  for (let at = 0; at < 300; at += 1) {
    change(false);
    vi.advanceTimersByTime(3_100);
    change(true);
    vi.advanceTimersByTime(100);
  }
  // 960 s: without a limit 600 events.
  expect(told.length).toBeLessThan(40);
  vi.advanceTimersByTime(60_000);
  expect(told.at(-1)).toBe('agent_online');
});

test('one that has been quiet is told of at once again', () => {
  change(true);
  vi.advanceTimersByTime(3_600_000);
  change(false);
  vi.advanceTimersByTime(3_000);
  expect(told).toEqual(['agent_online', 'agent_offline']);
});
