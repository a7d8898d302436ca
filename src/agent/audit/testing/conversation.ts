import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import type { Agent } from '../../agent.ts';
import type { AuditEntryView } from '../../contracts/history-views.ts';
import { until } from '../../testing/until.ts';
import { type OpenedAgent, TestWorld } from '../../testing/world.ts';
import { checkpointIndex, readCheckpoint } from '../entry/checkpoint.ts';

/** Two agents that have talked, and the trail that one of them exports. */
export interface Conversation {
  readonly world: TestWorld;
  readonly traveller: Agent;
  readonly helper: Agent;
}

/** Traveller and Helper, after requests both ways, a key update, and the end of their session. */
export async function converse(world?: TestWorld): Promise<Conversation> {
  const where = world ?? (await TestWorld.create());
  const { traveller, helper } = await where.pair();
  await traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: { said: 'the first secret' } });
  await helper.send({ peerId: 'traveller_agent_001', method: 'echo', parameters: { said: 'the second secret' } });
  const [session] = traveller.snapshot().sessions;
  if (session === undefined) throw new TypeError('No session was made.');
  await traveller.updateKeys(session.sessionId);
  await traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: { said: 'the third secret' } });
  await traveller.disconnect(session.sessionId);
  return { world: where, traveller, helper };
}

/** Traveller after a restart that resumed its session with Helper, and the key that it signs with. */
export async function resumedTraveller(): Promise<{ readonly agent: Agent; readonly signingKey: CryptoKey }> {
  const world = await TestWorld.create();
  const store = createMemoryAgentStore();
  const address = 'https://localhost:5000';
  const request = { peerId: 'helper_agent_001', method: 'echo', parameters: 1 };
  const first = await world.open('traveller_agent_001', address, { store });
  await world.open('helper_agent_001', 'https://localhost:5001');
  await first.agent.send(request);
  await until(async () => ((await store.loadResumptions()).length > 0 ? true : undefined));
  await first.agent.stop();
  const { agent } = await world.open('traveller_agent_001', address, { store });
  await agent.send(request);
  const identity = await store.loadIdentity();
  if (identity === undefined) throw new TypeError('The agent has no keys.');
  return { agent, signingKey: identity.signing.privateKey };
}

/** Every entry of a trail as it is shown, the first one first. */
export async function entriesOf(agent: Agent): Promise<readonly AuditEntryView[]> {
  const { head } = await agent.audit.page(undefined, 1);
  return (await agent.audit.page(undefined, head.length)).entries.toReversed();
}

/** Characters that the trail of `talkedMuch` may have. */
export const most = 100_000;

/** Traveller, and Helper, whose trail takes `most` characters, after requests in more sessions than it can hold. */
export async function talkedMuch(): Promise<{ world: TestWorld; helper: OpenedAgent; traveller: Agent }> {
  const world = await TestWorld.create();
  const helper = await world.open('helper_agent_001', 'https://localhost:5001', { auditLimits: { most } });
  const { agent: traveller } = await world.open('traveller_agent_001', 'https://localhost:5000');
  const ask = async (count: number) => {
    for (let asked = 0; asked < count; asked++) {
      await traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: null });
    }
  };
  for (let session = 0; session < 3; session++) {
    await ask(5);
    for (const { sessionId } of traveller.snapshot().sessions) await traveller.disconnect(sessionId);
  }
  // This session lives over more than the trail holds: its handshake is needed still.
  await ask(85);
  await until(async () => readCheckpoint((await helper.store.auditEntries(checkpointIndex, 1))[0]));
  return { world, helper, traveller };
}
