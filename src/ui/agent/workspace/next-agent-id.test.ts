import { expect, test } from 'vitest';
import { nextAgentId } from './next-agent-id.ts';

test.each([
  ['traveller_agent_001', 'traveller_agent_002'],
  ['agent_099', 'agent_100'],
  ['agent_9', 'agent_10'],
  ['scout', 'scout_002'],
])('after %s comes %s', (agentId, next) => {
  expect(nextAgentId(agentId)).toBe(next);
});
