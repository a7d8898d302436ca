import { connect } from 'node:net';
import { makeRegistrant } from '../../src/controller/testing/registrant.ts';
import { RawConnection, registerRaw } from '../../src/server/testing/raw-agent.ts';
import { expect, test } from './served.ts';
import type { Server } from './server.ts';

const megabyte = 1024 * 1024;

/** Bytes that the server's objects and buffers take: the least of some looks, for garbage comes and goes. */
async function held(server: Server): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 30; look += 1) {
    const text = await server.metrics();
    const gauge = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    least = Math.min(least, gauge('nodejs_heap_size_used_bytes') + gauge('nodejs_external_memory_bytes'));
  }
  return least;
}

test.use({ flags: ['--rate-limit', '100000'] });

test('clients that do everything wrong are let go, and the server holds no more memory than before', async ({
  server,
}) => {
  test.setTimeout(240_000);
  const mallory = await registerRaw(
    server.url,
    'mallory_agent_001',
    await makeRegistrant('mallory_agent_001', server.url),
  );
  const { port } = new URL(server.url);

  const wrongProof = async () => {
    const connection = new RawConnection(server.url);
    await connection.prove(mallory, 'helper_agent_001', server.url);
    await connection.closed;
  };
  const noise = async (data: string | Uint8Array) => {
    const connection = new RawConnection(server.url);
    await connection.frame('challenge');
    connection.socket.send(data);
    await connection.closed;
  };
  const endsEarly = () =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), 'localhost', () => {
        socket.write(
          'POST /controller/register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\n{"agent_id"',
        );
        socket.destroy();
        resolve();
      });
    });
  const large = (path: string, size: number) =>
    fetch(`${server.url}${path}`, { method: 'POST', body: new Uint8Array(size) }).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    );
  const round = async () => {
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all([
        ...Array.from({ length: 10 }, wrongProof),
        ...Array.from({ length: 10 }, () => noise('not a frame')),
        ...Array.from({ length: 10 }, () => noise(new Uint8Array(20 * 1024))),
        ...Array.from({ length: 10 }, endsEarly),
        large('/controller/register', 3 * megabyte),
        large('/agents/mallory_agent_001/agent/message', 26 * megabyte),
        large('/agents/nobody_agent_001/agent/message', 5 * megabyte),
        large(`/agents/${'%00'.repeat(200)}/agent/message`, 1),
      ]);
    }
  };
  const leastAfter = async (rounds: number) => {
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < rounds; at += 1) {
      await round();
      least = Math.min(least, await held(server));
    }
    return least / megabyte;
  };
  const before = await leastAfter(3);
  const after = await leastAfter(6);
  test.info().annotations.push({ type: 'held', description: `${before} MiB, then ${after} MiB` });
  expect(after - before).toBeLessThan(8);
  const text = await server.metrics();
  expect(text).toMatch(/^parley_relay_bytes_held 0$/m);
  expect(text).toMatch(/parley_refused_connections_total\{code="unknown_agent"\} 900/);
});
