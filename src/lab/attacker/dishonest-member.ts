import { OwnClock } from '../../agent/controller/own-clock.ts';
import { LeafIdentities } from '../../agent/groups/identity/leaf-identities.ts';
import { DeliveryClient } from '../../agent/groups/service/delivery-client.ts';
import { DeliveryHttp } from '../../agent/groups/service/delivery-http.ts';
import { DeliveryToken } from '../../agent/groups/service/delivery-token.ts';
import type { FoundCertificate } from '../../group/credential/check-credential.ts';
import { certificateKey } from '../../group/credential/credential.ts';
import { readGroupKeyPackage } from '../../group/credential/key-package.ts';
import type { EntryKind } from '../../group/log/entry.ts';
import { type GroupId, isGroupId } from '../../group/log/group-id.ts';
import { applyCommitEntry } from '../../group/member/apply-commit-entry.ts';
import { createCommitEntry } from '../../group/member/create-commit-entry.ts';
import { createFirstEntry, type NewGroup } from '../../group/member/create-first-entry.ts';
import type { GroupMember } from '../../group/member/group-member.ts';
import type { CommitPlan } from '../../group/member/intents.ts';
import { openEntry } from '../../group/member/open-entry.ts';
import type { EntryToAppend, OwnEntries, PendingCommit } from '../../group/member/own-entries.ts';
import { descriptorIn } from '../../group/profile/group-context.ts';
import { groupSuite } from '../../group/profile/suite.ts';
import { judgeCommit } from '../../group/rules/judge-commit.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { createKeyPackage } from '../../mls/group/own-key-package.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import { encodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { addLeaf } from '../../mls/tree/ratchet-tree.ts';
import { type AgentId, type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { deliveryUrl, type LabAgent, type LabWorld, mallory, random } from '../run/world.ts';
import { authorityOf, type Forger, identityOf } from './forge.ts';

const tools = { subtle: crypto.subtle, random };
const noOwn: OwnEntries = { find: () => undefined };

/** Somebody with a genuine certificate who calls the delivery service, is a member where let in, and keeps to no rule. */
export class DishonestMember {
  readonly agentId: AgentId;
  readonly service: DeliveryClient;
  readonly identities: LeafIdentities;
  /** Signs with the RSA key of the attacker's certificate. */
  readonly sign: (data: Bytes) => Promise<Bytes>;
  readonly #world: LabWorld;
  readonly #certificate: Bytes;
  #member: GroupMember | undefined;
  #certificates: ReadonlyMap<string, FoundCertificate> = new Map();

  private constructor(world: LabWorld, agentId: AgentId, { certificates, signing }: Forger) {
    const { environment, clock } = world;
    const own = { agentId, certificates, signingKey: signing.privateKey };
    this.agentId = agentId;
    this.#world = world;
    this.#certificate = certificates.signing;
    this.sign = (data) => signPss(environment.subtle, signing.privateKey, data);
    this.identities = new LeafIdentities({ own, environment, keepsKeysAsFiles: false });
    const http = new DeliveryHttp(world.wire.networkOf('attacker'), deliveryUrl, clock.now);
    const signingKey = signing.privateKey;
    const token = new DeliveryToken({ http, agentId, signingKey, environment, clock: new OwnClock(clock.now) });
    const pauses = { of: async () => undefined };
    this.service = new DeliveryClient({ http, token, pauses, isStopped: () => true, chance: () => 0 });
  }

  /** Registers an agent of the attacker's with the Controller, as anybody may: under another agent_id when one is given. */
  static async register(world: LabWorld, agentId: string = mallory.agentId): Promise<DishonestMember> {
    if (!isAgentId(agentId)) throw new ParleyError('invalid_input', 'The attacker has no agent_id.');
    const address = agentId === mallory.agentId ? mallory.address : `https://${agentId.replaceAll('_', '-')}.lab`;
    const generateRsa = world.keys.generatorFor(mallory.agentId);
    return new DishonestMember(
      world,
      agentId,
      await identityOf(await world.open({ ...mallory, agentId, address, generateRsa })),
    );
  }

  /** The attacker's place in the group. Throws `not_found` outside of one. */
  get member(): GroupMember {
    if (this.#member === undefined) throw new ParleyError('not_found', 'The attacker is in no group.');
    return this.#member;
  }

  set member(member: GroupMember) {
    this.#member = member;
  }

  get state(): GroupState {
    return this.member.state;
  }

  /** Goes on with another state: its ratchets have moved. */
  set state(state: GroupState) {
    this.#member = { ...this.member, state };
  }

  /** Makes a group with these agents in it, and with leaves that were copied out of another. Returns the group_id. */
  async found(name: string, invited: readonly LabAgent[], copied: readonly LeafNode[] = []): Promise<GroupId> {
    await this.#know(invited);
    const add = await this.#keyPackages(invited);
    const { identity } = await this.identities.make();
    const groupId = newGroupId();
    const createdAt = Math.floor(this.#world.clock.now() / 1_000);
    const descriptor = { kind: 'group', name, admins: [this.agentId], createdAt } as const;
    const group = { groupId, selfId: this.agentId, identity, descriptor };
    const { pending, step } = await firstEntry(group, add, copied);
    this.#member = step.member;
    await this.service.append(groupId, pending.entry);
    await this.readOn(pending);
    return groupId;
  }

  /** Takes a KeyPackage of each agent, as who wants to add them does. */
  async #keyPackages(agents: readonly LabAgent[]): Promise<readonly KeyPackage[]> {
    const taken: KeyPackage[] = [];
    for (const { agentId } of agents) {
      taken.push(readGroupKeyPackage((await this.service.takeKeyPackage(agentId)).keyPackage).keyPackage);
    }
    return taken;
  }

  /** Makes a KeyPackage of the attacker's own, with what is needed to join by it. `bytes` are the MLSMessage. */
  async makeKeyPackage() {
    const { identity } = await this.identities.make();
    const own = await createKeyPackage(await groupSuite(), identity, random);
    return { ...own, bytes: encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage: own.keyPackage }) };
  }

  /** Makes a commit as the rules have it, and appends it. */
  async commit(plan: CommitPlan): Promise<void> {
    const { pending, step } = await createCommitEntry(tools, this.member, plan);
    this.#member = step.member;
    await this.service.append(this.member.groupId, pending.entry);
    await this.readOn(pending);
  }

  /** Gives the group other admins, as an admin may. */
  async appoint(admins: readonly string[]): Promise<void> {
    const descriptor = descriptorIn(this.state.context.extensions);
    await this.commit({ descriptor: { ...descriptor, admins: admins.toSorted() } });
  }

  /** Appends any bytes to the log, behind the newest commit. Returns the entry's index; rejects as the service does. */
  async append(kind: EntryKind, message: Bytes, more: Pick<EntryToAppend, 'lists' | 'welcome'> = {}): Promise<number> {
    await this.readOn();
    const { groupId, lastCommit: after } = this.member;
    const entry = { entryId: toHex(random(16)), kind, after, message, ...more };
    const appended = await this.service.append(groupId, entry);
    if (appended.kind === 'conflict') throw new ParleyError('group_epoch_conflict', 'A newer commit is in the log.');
    await this.readOn();
    return appended.index;
  }

  /** Takes in what is new in the log, as an honest member would. `pending` is an own commit that waits. */
  async readOn(pending?: PendingCommit): Promise<void> {
    const own: OwnEntries = {
      find: (hash) => (hash === pending?.hash ? { kind: 'commit', commit: pending } : noOwn.find(hash)),
    };
    const { entries } = await this.service.entries(this.member.groupId, this.member.next);
    for (const entry of entries) {
      const opened = await openEntry({ subtle: crypto.subtle, headAt: async () => undefined }, this.member, entry, own);
      if (opened.type !== 'commit') {
        this.#member = opened.step.member;
        continue;
      }
      const { certificate } = await authorityOf(this.#world);
      const evidence = { at: entry.at, authorities: [certificate], certificates: this.#certificates };
      const verdict = await judgeCommit(opened.staged, evidence);
      const applied = 'needs' in verdict ? undefined : await applyCommitEntry(opened, verdict);
      this.#member =
        applied === undefined || applied.type === 'removed' ? opened.passedOver.member : applied.step.member;
    }
  }

  /** Keeps the certificates of agents, by which commits are judged. */
  async #know(agents: readonly LabAgent[]): Promise<void> {
    const others = await Promise.all(agents.map(identityOf));
    const ders = [this.#certificate, ...others.map(({ certificates }) => certificates.signing)];
    const keyed = ders.map(async (der) => {
      const certificate = await sha256(crypto.subtle, der);
      return [certificateKey({ certificate }), der] as const;
    });
    this.#certificates = new Map([...this.#certificates, ...(await Promise.all(keyed))]);
  }
}

/** Makes a group's first commit, over a tree that has copied leaves when there are some: nobody who has them can be asked. */
async function firstEntry(group: NewGroup, add: readonly KeyPackage[], copied: readonly LeafNode[]) {
  if (copied.length === 0) return createFirstEntry(tools, group, { add });
  const { member } = (await createFirstEntry(tools, group)).step;
  const tree = copied.reduce((before, leaf) => addLeaf(before, leaf).tree, member.state.tree);
  return createCommitEntry(tools, { ...member, state: { ...member.state, tree } }, { add });
}

/** Returns a new group_id. */
function newGroupId(): GroupId {
  const groupId = toHex(random(16));
  if (!isGroupId(groupId)) throw new ParleyError('internal_error', 'Sixteen bytes in hex are a group_id.');
  return groupId;
}
