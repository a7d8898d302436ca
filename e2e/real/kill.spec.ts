import { makeRegistrant, type Registrant } from '../../src/controller/testing/registrant.ts';
import { postJson, registerRaw } from '../../src/server/testing/raw-agent.ts';
import { expect, test } from './served.ts';
import type { Server } from './server.ts';

const rounds = 6;
const operator = { authorization: 'Bearer operator-token-of-the-test' };

async function directory(server: Server): Promise<Map<string, string>> {
  const { agents } = await (await fetch(`${server.url}/controller/agents`)).json();
  return new Map(agents.map(({ agent_id, status }: { agent_id: string; status: string }) => [agent_id, status]));
}

async function revoke(server: Server, agentId: string): Promise<boolean> {
  const body = { agent_id: agentId, reason: 'keyCompromise', timestamp: Math.floor(Date.now() / 1000) };
  return (await postJson(`${server.url}/controller/revoke`, body, operator)).status === 200;
}

test.use({ flags: ['--rate-limit', '100000', '--names-per-key', '100000', '--new-agents-per-hour', '100000'] });

test('a server that is killed at any moment has every registration and every revocation that it confirmed', async ({
  server,
}) => {
  const keys: Registrant = await makeRegistrant('first_agent_000', 'https://localhost:5001');
  const registered = new Set<string>();
  const revoked = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    let number = 0;
    let isOver = false;
    const before = registered.size;
    const work = async () => {
      while (!isOver) {
        const agentId = `round_${round}_agent_${number++}`;
        const done = await registerRaw(server.url, agentId, keys).then(
          () => true,
          () => false,
        );
        if (!done) return;
        registered.add(agentId);
        if (number % 3 === 0 && (await revoke(server, agentId).catch(() => false))) revoked.add(agentId);
        // In each round the end comes after another number of registrations, while others are under way.
        if (registered.size - before > 3 + 4 * round) {
          isOver = true;
          await server.end('SIGKILL');
        }
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    await server.start();
    const known = await directory(server);
    for (const agentId of registered) expect(known.has(agentId), agentId).toBe(true);
    for (const agentId of revoked) expect(known.get(agentId), agentId).toBe('revoked');
  }
  expect(registered.size).toBeGreaterThan(rounds * 4);
  expect(revoked.size).toBeGreaterThan(rounds);
});
