import { expect, test } from 'vitest';
import type { ComingBack } from '../members/rejoins.ts';
import { AskingBack } from './asking-back.ts';

/** Rejoins whose minutes a test lets pass: who is asked in each. */
function asking() {
  const underWay = new Map<string, ComingBack>();
  const asked: string[] = [];
  const missed = new Set<string>();
  const ask = ({ candidates, groupId }: ComingBack) =>
    asked.push(...candidates().map((inviter) => `${inviter} ${groupId}`));
  const back = new AskingBack({
    rejoins: {
      begin: (one) => {
        underWay.set(one.groupId, one);
        ask(one);
      },
      end: (groupId) => void underWay.delete(groupId),
    },
    isMissed: (groupId) => missed.has(groupId),
  });
  const begin = (groupId: string, inviter = 'anna') => {
    missed.add(groupId);
    back.begin(groupId, inviter);
  };
  /** Returns who is asked in a minute. */
  const minute = () => {
    asked.length = 0;
    for (const one of [...underWay.values()]) ask(one);
    return [...asked];
  };
  return { back, begin, minute, asked, missed, underWay };
}

test('an inviter that is away is asked again, ever more rarely, and not for ever', () => {
  const { begin, minute, asked, underWay } = asking();
  begin('trip');
  begin('trip');
  expect(asked).toEqual(['anna trip']);
  const at: number[] = [];
  for (let i = 1; i <= 2_000; i++) if (minute().length > 0) at.push(i);
  expect(at).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
  expect(underWay.size).toBe(0);
  asked.length = 0;
  begin('trip');
  expect(asked).toEqual(['anna trip']);
});

test('nobody is asked once there is a Welcome, or this agent is in the group', () => {
  const { back, begin, minute, missed, underWay } = asking();
  begin('trip');
  begin('tour');
  back.end('trip');
  missed.delete('tour');
  expect(minute()).toEqual([]);
  expect(underWay.size).toBe(0);
});

test('eight are asked for at once: a ninth takes the place of the one that was longest, after its first minute', () => {
  const { begin, minute, asked } = asking();
  for (let i = 0; i < 9; i++) begin(`group ${i}`);
  expect(asked).toHaveLength(8);
  expect(minute()).toHaveLength(8);
  begin('late');
  expect(asked.at(-1)).toBe('anna late');
  expect(minute()).not.toContain('anna group 0');
});
