import { expect, test } from 'vitest';
import type { ComingBack as Asking } from '../members/rejoins.ts';
import { Group } from '../state/group.ts';
import type { Standing } from '../state/standing.ts';
import { ComingBack } from './coming-back.ts';

const groupId = 'ab'.repeat(16);
const standing: Standing = {
  ...{ groupId, status: 'stranded', kind: 'group', name: 'Trip', createdAt: 0, trafficAt: 0 },
  ...{ members: ['helper_agent', 'traveller_agent'], isLastResort: false, isLeaving: false, goesOnForked: false },
};

test('nobody is asked any more once what stranded this agent is over: its leaf is in use', async () => {
  const writing = {
    rows: { seal: async () => ({ put: [], drop: [] }) },
    history: { keepStep: async () => [] },
    ...{ subtle: crypto.subtle, emit: () => undefined, isKeyUsedBeside: () => false },
  };
  const group = new Group(writing, standing, undefined);
  const begun: Asking[] = [];
  const ended: string[] = [];
  const rejoins = { begin: (asking: Asking) => void begun.push(asking), end: (id: string) => void ended.push(id) };
  const lost = () => Promise.reject(new TypeError('Nothing waits in it.'));
  const back = new ComingBack({ selfId: 'traveller_agent', rejoins, talk: { lost } }, group, () => undefined);
  back.ask(() => new Map());
  expect(begun[0]?.candidates()).toEqual(['helper_agent']);
  expect(ended).toEqual([]);
  await group.turns.take(() => group.keep({ standing: { status: 'member' } }));
  expect(begun[0]?.candidates()).toEqual([]);
  expect(ended).toEqual([groupId]);
});
