import { createDelivery, type DeliveryApp } from '../../../delivery/delivery.ts';
import type { RegisteredAgent } from '../../../delivery/registry.ts';
import { readGroupKeyPackage } from '../../../group/credential/key-package.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { createFirstEntry } from '../../../group/member/create-first-entry.ts';
import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../../../storage/memory/delivery-store.ts';
import { OwnClock } from '../../controller/own-clock.ts';
import { TestClock } from '../../testing/clock.ts';
import { KeyPackageKeeper } from '../key-packages/key-package-keeper.ts';
import { DeliveryClient } from '../service/delivery-client.ts';
import { DeliveryHttp } from '../service/delivery-http.ts';
import { DeliveryToken } from '../service/delivery-token.ts';
import { certifiedAgent } from './certified.ts';
import { memoryRows } from './memory-rows.ts';

const server = 'https://parley.test';
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const day = 86_400;

/** The delivery service over a store in memory, and agents that call it. */
export class DeliveryAgents {
  readonly clock = new TestClock(1_790_000_000_000);
  readonly app: DeliveryApp;
  /** By their SHA-256 in base64. */
  readonly certificates = new Map<string, Bytes>();
  readonly authorities: Bytes[] = [];
  readonly #registered = new Map<string, RegisteredAgent>();

  constructor() {
    this.app = createDelivery({
      store: createMemoryDeliveryStore(),
      registry: {
        agent: async (agentId) => this.#registered.get(agentId),
        isListed: async () => false,
        certificate: async (hash) => this.certificates.get(encodeBase64(hash)),
        authorities: async () => this.authorities,
      },
      notices: { changed: () => undefined },
      clock: this.clock.now,
      random,
      names: () => [server],
      checkKeyPackage: async () => undefined,
      isUsable: () => true,
    });
  }

  /** An agent with 20 KeyPackages at the service. */
  async open(name: string) {
    const { clock } = this;
    const now = Math.floor(clock.now() / 1_000);
    const certified = await certifiedAgent(name, now, 60 * day, clock.now);
    const { own, identity, ca, identities } = certified;
    const certificate = own.certificates.signing;
    this.#registered.set(name, { signingSpki: identity.signingSpki, isRevoked: false });
    this.certificates.set(encodeBase64(await sha256(crypto.subtle, certificate)), certificate);
    this.authorities.push(ca);
    const rows = memoryRows();
    const http = new DeliveryHttp({ send: (request) => this.app.fetch(request) }, server, clock.now);
    const environment = { subtle: crypto.subtle, random, now: clock.now };
    const { signingKey } = own;
    const token = new DeliveryToken({ http, agentId: name, signingKey, environment, clock: new OwnClock(clock.now) });
    const pauses = { of: async () => undefined };
    const service = new DeliveryClient({ http, token, pauses, isStopped: () => true, chance: () => 0 });
    const keyPackages = new KeyPackageKeeper({
      ...{ rows, identities, environment, service },
      scheduler: clock,
      chance: () => 0,
      isInUse: () => true,
    });
    await keyPackages.upkeep();
    return { name, certified, rows, service, keyPackages, tools: { subtle: crypto.subtle, random } };
  }

  /** Has one agent make a group of this name and add another to it. Returns the group_id. */
  async invite(
    inviter: DeliveryAgent,
    invited: string,
    name = 'Trip',
    kind: 'group' | 'direct' = 'group',
  ): Promise<string> {
    const groupId = toHex(random(16));
    if (!isGroupId(groupId)) throw new TypeError('This is a group_id.');
    const { keyPackage } = readGroupKeyPackage((await inviter.service.takeKeyPackage(invited)).keyPackage);
    const { identity } = await inviter.certified.identities.make();
    const createdAt = Math.floor(this.clock.now() / 1_000);
    const admins = kind === 'group' ? [inviter.name] : [inviter.name, invited].sort();
    const descriptor = { kind, name, admins, createdAt };
    const group = { groupId, selfId: inviter.name, identity, descriptor };
    const { pending } = await createFirstEntry(inviter.tools, group, { add: [keyPackage] });
    const appended = await inviter.service.append(groupId, pending.entry);
    if (appended.kind !== 'stored') throw new TypeError('The group was not made.');
    return groupId;
  }
}

/** An agent of `DeliveryAgents`. */
export type DeliveryAgent = Awaited<ReturnType<DeliveryAgents['open']>>;
