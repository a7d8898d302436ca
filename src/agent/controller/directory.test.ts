import { expect, test } from 'vitest';
import { isAgentId } from '../../protocol/ids.ts';
import { TestWorld } from '../testing/world.ts';

const many = 1_700;

test('a directory of 1,700 agents is read in pages, and keeps nobody from a peer that is named', async () => {
  const world = await TestWorld.create();
  const { traveller } = await world.pair();
  const record = await world.controllerStore.agent('helper_agent_001');
  if (record === undefined) throw new TypeError('not registered');
  for (let i = 0; i < many; i += 1) {
    const agentId = `crowd_${String(i).padStart(5, '0')}`;
    if (!isAgentId(agentId)) throw new TypeError(agentId);
    await world.controllerStore.updateAgent(agentId, () => ({ ...record, agentId }));
  }
  world.carried.length = 0;

  await traveller.connect('helper_agent_001');
  expect(await traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: 1 })).toMatchObject({
    status: 'success',
  });
  expect((await traveller.peer('helper_agent_001')).agentId).toBe('helper_agent_001');
  expect(world.carried.filter(({ url }) => url.includes('/controller/agents?'))).toEqual([]);

  expect(await traveller.peers()).toHaveLength(100);
  const names: string[] = [];
  let pages = 0;
  for (let after = ''; ; pages += 1) {
    const page = await traveller.peers({ after, limit: 250 });
    names.push(...page.map(({ agentId }) => agentId));
    if (page.length < 250) break;
    after = names.at(-1) ?? '';
  }
  expect(pages).toBe(6);
  expect(names).toHaveLength(many + 1);
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).not.toContain('traveller_agent_001');
  const longest = Math.max(...world.carried.map(({ response }) => response?.length ?? 0));
  expect(longest).toBeLessThan(2 * 1024 * 1024);
});
