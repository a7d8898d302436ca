import { beforeAll, describe, expect, test } from 'vitest';
import { toHex } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import { accepting, makeAgent, runHandshake, type TestAgent, testEnvironment } from '../properties/testing/fixture.ts';
import type { TraceEvent } from '../trace/events.ts';

/** A handshake and what both sides told of it. */
async function observed(environment: Environment, client: TestAgent, server: TestAgent) {
  const clientEvents: TraceEvent[] = [];
  const serverEvents: TraceEvent[] = [];
  const result = await runHandshake(
    environment,
    client,
    server,
    { ...accepting(environment, server), observe: (event) => clientEvents.push(event) },
    { ...accepting(environment, client), observe: (event) => serverEvents.push(event) },
  );
  return { result, clientEvents, serverEvents };
}

const fingerprints = (events: readonly TraceEvent[]) =>
  new Map(events.flatMap((event) => (event.kind === 'fingerprint' ? [[event.of, event.fingerprint] as const] : [])));
const transcript = (events: readonly TraceEvent[]) =>
  new Map(events.flatMap((event) => (event.kind === 'transcript' ? [[event.name, event.hash] as const] : [])));

let environment: Environment;
let client: TestAgent;
let server: TestAgent;

beforeAll(async () => {
  environment = await testEnvironment();
  client = await makeAgent('traveller_agent_001');
  server = await makeAgent('helper_agent_001');
});

describe('what both sides show of a handshake', () => {
  test('has a fingerprint of every secret, equal on both sides and different from each other', async () => {
    const { clientEvents, serverEvents } = await observed(environment, client, server);
    const seen = fingerprints(clientEvents);
    expect([...seen.keys()]).toHaveLength(14);
    expect(fingerprints(serverEvents)).toEqual(seen);
    expect(new Set(seen.values()).size).toBe(14);
  });

  test('has every transcript hash, ending in the one the session holds', async () => {
    const { result, clientEvents, serverEvents } = await observed(environment, client, server);
    const hashes = transcript(clientEvents);
    expect([...hashes.keys()].sort()).toEqual(['th0', 'th1', 'th2', 'th3', 'th_keys']);
    expect(transcript(serverEvents)).toEqual(hashes);
    expect(hashes.get('th3')).toBe(toHex(result.client.transcript));
  });

  test('is another for another handshake', async () => {
    const first = await observed(environment, client, server);
    const second = await observed(environment, client, server);
    const before = fingerprints(first.clientEvents);
    for (const [of, fingerprint] of fingerprints(second.clientEvents)) expect(before.get(of)).not.toBe(fingerprint);
  });

  test('has the parts of the key exchange one after the other', async () => {
    let now = 0;
    const ticking = { ...environment, monotonic: () => ++now };
    const { serverEvents } = await observed(ticking, client, server);
    const parts = serverEvents.flatMap((event) =>
      event.kind === 'operation' && ['open_session_key', 'agree_x25519', 'encapsulate'].includes(event.operation)
        ? [{ name: event.operation, from: event.at - event.duration, to: event.at }]
        : [],
    );
    expect(parts.map(({ name }) => name)).toEqual(['open_session_key', 'agree_x25519', 'encapsulate']);
    for (const [i, part] of parts.entries()) expect(part.from).toBeGreaterThanOrEqual(parts[i - 1]?.to ?? 0);
  });
});
