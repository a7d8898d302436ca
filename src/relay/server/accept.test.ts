import { createServer } from 'node:http';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { LineView } from '../../agent/contracts/views.ts';
import type { AgentRecord } from '../../controller/store.ts';
import { makeRegistrant, type Registrant } from '../../controller/testing/registrant.ts';
import { scheduler } from '../../platform/platform.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { signRelayClaim } from '../claim.ts';
import { RelayConnection } from '../client/relay-connection.ts';
import { Acceptor } from './accept.ts';
import { AgentConnections } from './agent-connections.ts';
import { Budget } from './budget.ts';
import { standardRelayLimits } from './limits.ts';

const agentId = 'helper_agent_001';
const address = 'https://localhost:5001';
const outage = new ParleyError('storage_failed', 'The data could not be read. Check that storage is allowed.');

let registrant: Registrant;
let record: AgentRecord;
beforeAll(async () => {
  if (!isAgentId(agentId)) throw new TypeError(agentId);
  registrant = await makeRegistrant(agentId, address);
  const signingSpki = new Uint8Array(await crypto.subtle.exportKey('spki', registrant.signing.publicKey));
  const empty = new Uint8Array(0);
  record = { agentId, address, signingSpki, certificates: { signing: empty, encryption: empty }, issued: [] };
});

const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

/** What a line shows whose relay's store gives `answers`, one after the other, the last one again and again. */
async function lineOver(...answers: readonly (AgentRecord | undefined | Error)[]): Promise<LineView[]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const at = server.address();
  const relay = `http://localhost:${typeof at === 'object' ? at?.port : ''}`;
  const left = [...answers];
  const acceptor = new Acceptor({
    urlOf: () => relay,
    store: {
      agent: async () => {
        const [answer] = left.length > 1 ? left.splice(0, 1) : left;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    lines: new AgentConnections(0, { online: () => undefined, offline: () => undefined }),
    limits: standardRelayLimits,
    bytes: new Budget(1_000_000),
    trustProxy: false,
    accepted: () => undefined,
    left: () => undefined,
    refused: () => undefined,
    limitReached: () => undefined,
  });
  server.on('upgrade', (request, socket, head) => acceptor.upgrade(request, socket, head));
  if (!isAgentId(agentId)) throw new TypeError(agentId);
  const views: LineView[] = [];
  const line = new RelayConnection({
    relays: [relay],
    agentId,
    address,
    prove: (challenge) => signRelayClaim(crypto.subtle, registrant.signing.privateKey, { agentId, ...challenge }),
    serve: async () => new Response('{}'),
    changed: (view) => views.push(view),
    scheduler,
    now: () => Date.now(),
    chance: () => 0,
  });
  line.open();
  ending.push(() => {
    line.close();
    server.close();
    void acceptor.close();
  });
  return views;
}

test.each([
  ['does not answer', outage],
  ['throws what nobody expects', new TypeError('of the driver')],
])('an agent whose relay’s store %s for a moment is connected by itself afterwards', async (_, failure) => {
  const views = await lineOver(failure, failure, record);
  await vi.waitFor(() => expect(views.at(-1)).toMatchObject({ status: 'connected' }), { timeout: 10_000 });
  expect(views.map(({ status }) => status)).not.toContain('refused');
});

test('a store that fails after the proof was checked leaves no connection that nobody has looked at again', async () => {
  const views = await lineOver(record, outage, record);
  await vi.waitFor(
    () =>
      expect(views.map(({ status }) => status).slice(1)).toEqual(['connected', 'waiting', 'connecting', 'connected']),
    { timeout: 10_000 },
  );
});

test('only what cannot change is final: an agent that nobody knows, or that was revoked', async () => {
  const unknown = await lineOver(undefined);
  await vi.waitFor(() => expect(unknown.at(-1)).toMatchObject({ status: 'refused' }), { timeout: 10_000 });
  const revoked = await lineOver({ ...record, revoked: { at: 1, reason: 'keyCompromise' } });
  await vi.waitFor(() => expect(revoked.at(-1)).toMatchObject({ status: 'refused' }), { timeout: 10_000 });
});
