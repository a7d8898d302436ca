import type { Agent } from '../../src/agent/agent.ts';
import type { NoticeListener } from '../../src/agent/contracts/notices.ts';
import type { AgentStore, Network } from '../../src/agent/contracts/ports.ts';
import { ControllerClient } from '../../src/agent/controller/client.ts';
import { register } from '../../src/agent/controller/identity.ts';
import { LeafIdentities } from '../../src/agent/groups/identity/leaf-identities.ts';
import { registryOf } from '../../src/controller/agent-registry.ts';
import { createController } from '../../src/controller/controller.ts';
import { isUsableKeyPackage, keyPackageCheck } from '../../src/delivery/check-key-package.ts';
import { createDelivery } from '../../src/delivery/delivery.ts';
import { groupSuite } from '../../src/group/profile/suite.ts';
import { HostedAgent } from '../../src/host/hosted-agent.ts';
import { createKeyPackage } from '../../src/mls/group/own-key-package.ts';
import { encodeMlsMessage } from '../../src/mls/structures/mls-message.ts';
import { toHex } from '../../src/protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../src/protocol/crypto/environment.ts';
import { sha256 } from '../../src/protocol/crypto/hash.ts';
import { nobleKem } from '../../src/protocol/crypto/noble-kem.ts';
import { platformKem } from '../../src/protocol/crypto/platform-kem.ts';
import { isAgentId } from '../../src/protocol/ids.ts';
import { createMemoryControllerStore } from '../../src/storage/memory/controller-store.ts';
import { createMemoryDeliveryStore } from '../../src/storage/memory/delivery-store.ts';

const server = 'https://controller.test';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const { subtle } = crypto;
/** Names that the Controller takes for one key. */
const namesOfKey = 16;
const usages = { signing: ['sign', 'verify'], encryption: ['encrypt', 'decrypt'] } as const;
const rsa = (use: keyof typeof usages) =>
  subtle.generateKey(
    {
      name: use === 'signing' ? 'RSA-PSS' : 'RSA-OAEP',
      modulusLength: 2_048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    usages[use],
  );

/** A Controller and a delivery service in memory, agents that are open, and others of which a KeyPackage is there. */
export interface Stage {
  /** Starts an agent over a store, to be stopped by the caller. */
  open(name: string, store: AgentStore): Promise<Agent>;
  /** Registers an agent that is never open, and leaves one KeyPackage of it at the service. */
  enrol(name: string): Promise<void>;
  /** True when the service has KeyPackages of an agent. */
  canBeInvited(name: string): Promise<boolean>;
}

/** Makes a stage without agents. */
export async function openStage(): Promise<Stage> {
  const environment: Environment = {
    subtle,
    kem: (await platformKem(subtle)) ?? nobleKem(random),
    random,
    now: Date.now,
    monotonic: () => performance.timeOrigin + performance.now(),
  };
  const controllerStore = createMemoryControllerStore();
  const controller = createController({
    store: controllerStore,
    clock: Date.now,
    random,
    baseUrl: server,
    presence: async () => true,
  });
  const packages = createMemoryDeliveryStore();
  const listeners = new Map<string, NoticeListener>();
  const registry = registryOf(controllerStore);
  const delivery = createDelivery({
    store: packages,
    registry,
    notices: {
      changed: (agentId, { inbox = -1, group }) =>
        listeners.get(agentId)?.noticed({ inbox, groups: group === undefined ? [] : [group] }),
    },
    clock: Date.now,
    random,
    names: () => [server],
    checkKeyPackage: keyPackageCheck(registry),
    isUsable: isUsableKeyPackage,
  });
  const network: Network = {
    send: async (request) => {
      const { pathname } = new URL(request.url);
      return pathname.startsWith('/delivery/') ? delivery.fetch(request) : controller.fetch(request);
    },
  };
  const client = new ControllerClient(network, server, environment);
  let enrolled = 0;
  let pair = { signing: await rsa('signing'), encryption: await rsa('encryption') };
  return {
    open: async (agentId, store) => {
      const { agent } = new HostedAgent({
        ...{ agentId, address: `https://${agentId}.test`, controllerUrl: server, deliveryUrl: server },
        ...{ environment, store, generateRsa: rsa, emit: () => undefined },
        transport: { kind: 'network', network },
        scheduler: {
          after: (ms, task) => {
            const timeout = setTimeout(task, ms);
            return { cancel: () => clearTimeout(timeout) };
          },
        },
        notices: {
          follow: (listener) => {
            listeners.set(agentId, listener);
            return () => void listeners.delete(agentId);
          },
        },
      });
      await agent.start();
      const { phase } = agent.snapshot();
      if (phase.phase !== 'ready') throw new TypeError(`The agent did not start: ${JSON.stringify(phase)}`);
      return agent;
    },
    enrol: async (agentId) => {
      if (!isAgentId(agentId)) throw new TypeError(`${agentId} is no agent_id.`);
      const address = `https://${agentId}.test`;
      if (enrolled > 0 && enrolled % namesOfKey === 0) {
        pair = { signing: await rsa('signing'), encryption: await rsa('encryption') };
      }
      enrolled += 1;
      const stored = { agentId, address, createdAt: 0, ...pair };
      const { certificates } = await register(client, subtle, stored, address, unixSeconds(environment));
      const own = { agentId, certificates, signingKey: pair.signing.privateKey };
      const { identity } = await new LeafIdentities({ own, environment, keepsKeysAsFiles: false }).make();
      const { keyPackage } = await createKeyPackage(await groupSuite(), identity, random);
      const bytes = encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage });
      await packages.addKeyPackages(agentId, [{ hash: toHex(await sha256(subtle, bytes)), bytes }], 100, false);
    },
    canBeInvited: async (agentId) => (await packages.lastResort(agentId)) !== undefined,
  };
}
