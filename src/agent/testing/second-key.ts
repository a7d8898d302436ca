import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { createMemoryControllerStore } from '../../storage/memory/controller-store.ts';
import type { Agent } from '../agent.ts';
import type { StoredIdentity } from '../contracts/ports.ts';
import { generateRsa, type TestWorld } from './world.ts';

const agentId = 'helper_agent_001';
const address = 'https://localhost:5001';

/** A malicious Controller and the false Helper that it certified. */
export interface SecondKey {
  /** From here on the directory shows the second pair of certificates. */
  lie(): void;
  /** From here on the false Helper answers at Helper's address. */
  intercept(): void;
  /** Directory and address are the true ones again. */
  undo(): void;
  readonly falseHelper: Agent;
}

/**
 * The Controller's own CA certifies a second key for helper_agent_001, held by a false Helper. With `encryption`, only the
 * signing key is another one.
 */
export async function certifySecondKey(
  world: TestWorld,
  encryption?: Pick<StoredIdentity, 'encryption'>,
): Promise<SecondKey> {
  const trueController = world.controller;
  const trueHelper = world.agents.get(address);
  const authority = await world.controllerStore.loadAuthority();
  if (authority === undefined || trueHelper === undefined) throw new Error('Open the true Helper first.');
  const controllerStore = createMemoryControllerStore();
  await controllerStore.keepAuthority(authority);
  const falseController = world.newController(controllerStore);

  const store = createMemoryAgentStore();
  await store.saveIdentity({
    agentId,
    address,
    createdAt: world.clock.now(),
    signing: await generateRsa('signing', 2_048),
    encryption: encryption?.encryption ?? (await generateRsa('encryption', 2_048)),
  });
  world.controller = falseController;
  const { agent: falseHelper } = await world.open(agentId, address, { store });
  // The false Helper knows whom it deceives from the true directory.
  world.controller = trueController;
  world.agents.set(address, trueHelper);
  return {
    falseHelper,
    lie: () => {
      world.controller = falseController;
    },
    intercept: () => {
      world.agents.set(address, falseHelper);
    },
    undo: () => {
      world.controller = trueController;
      world.agents.set(address, trueHelper);
    },
  };
}
