import { isGroupId } from '../../group/log/group-id.ts';
import { createFirstEntry } from '../../group/member/create-first-entry.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { failureView, requireOther } from '../contracts/failures.ts';
import type {
  EpochView,
  GroupEventView,
  GroupSettingsView,
  GroupView,
  InvitationView,
} from '../contracts/group-views.ts';
import type { GroupAsking, GroupSaying, GroupsApi, NewBeginning, NewGroup } from '../contracts/groups-api.ts';
import type { GroupExchangeView } from '../contracts/views.ts';
import { adding, appointing, removing, renaming, requireName } from './commits/changes.ts';
import type { Intent } from './commits/intents.ts';
import { type InviteesDeps, takeInvitees, takeThoseThatCome } from './commits/invitees.ts';
import type { LeafIdentities, OwnLeafIdentity } from './identity/leaf-identities.ts';
import type { Invitations } from './invitations/invitations.ts';
import type { OwnerConsent } from './invitations/owner-consent.ts';
import type { GroupRows } from './rows/group-rows.ts';
import { type ForgetDeps, forgetGroup } from './runtime/forget-group.ts';
import type { GroupRuntime } from './runtime/group-runtime.ts';
import type { GroupStarter } from './runtime/group-starter.ts';
import type { GroupsLooking } from './runtime/looking.ts';
import { keptEpochs } from './state/epochs.ts';
import { pageOfEvents } from './state/events.ts';

/** What is said and read in groups. */
interface GroupsTalk {
  say(saying: GroupSaying): Promise<GroupExchangeView>;
  ask(asking: GroupAsking): Promise<GroupExchangeView>;
  attachment(groupId: string, messageId: string): Promise<Bytes>;
  markRead(groupId: string): Promise<void>;
  setReceipts(groupId: string, on: boolean): Promise<void>;
  forget(groupId: string): void;
}

/** What groups are done with. */
export interface GroupsDeps extends InviteesDeps, ForgetDeps {
  readonly selfId: string;
  readonly starter: GroupStarter;
  readonly talk: GroupsTalk;
  readonly invitations: Pick<Invitations, 'list' | 'accept' | 'decline'>;
  readonly consent: Pick<OwnerConsent, 'settings' | 'set'>;
  readonly identities: Pick<LeafIdentities, 'make'>;
  readonly looking: Pick<GroupsLooking, 'caughtUp' | 'offered'>;
  readonly rows: Pick<GroupRows, 'all' | 'back' | 'write'>;
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now'>;
}

/** What a group is begun with. */
interface Beginning extends Pick<OwnLeafIdentity, 'identity' | 'key'> {
  readonly add: readonly KeyPackage[];
}

/** Everything that can be done with this agent's groups. */
export class Groups implements GroupsApi {
  readonly #deps: GroupsDeps;
  /** What ends a creation that has stored nothing yet, by its key. */
  readonly #creations = new Map<string, () => void>();

  constructor(deps: GroupsDeps) {
    this.#deps = deps;
  }

  list(): readonly GroupView[] {
    return this.#deps.table.all().map((runtime) => runtime.view());
  }

  invitations(): readonly InvitationView[] {
    return this.#deps.invitations.list();
  }

  settings(): GroupSettingsView {
    return this.#deps.consent.settings;
  }

  setSettings(settings: GroupSettingsView): Promise<void> {
    return this.#deps.consent.set(settings);
  }

  catchUp(): Promise<void> {
    return this.#deps.looking.caughtUp();
  }

  invitable(): Promise<void> {
    return this.#deps.looking.offered();
  }

  create({ name, invite = [] }: NewGroup, key?: string): Promise<GroupView> {
    requireName(name);
    for (const agentId of invite) requireOther(agentId, this.#deps.selfId);
    return this.#create('group', name, [...new Set(invite)], key);
  }

  async cancelCreation(key: string): Promise<void> {
    this.#creations.get(key)?.();
  }

  /** Makes a direct group with a peer; both are admins. Resolves with its group_id when the service has it. */
  async createDirect(peerId: string): Promise<string> {
    requireOther(peerId, this.#deps.selfId);
    return (await this.#create('direct', `${this.#deps.selfId} ${peerId}`.slice(0, 100), [peerId])).groupId;
  }

  /** Returns what a group begins with: the invited agents' KeyPackages and the own leaf. Rejects with `cancelled` once `creation` is. */
  async #begun(invite: readonly string[], creation: string | undefined) {
    const { identities } = this.#deps;
    const { promise, reject } = Promise.withResolvers<never>();
    if (creation !== undefined) {
      const refusal = new ParleyError('cancelled', 'The group was not created. Nobody was invited.');
      this.#creations.set(creation, () => reject(refusal));
    }
    try {
      const making = async () => ({ add: await takeInvitees(this.#deps, invite), ...(await identities.make()) });
      return await Promise.race([making(), promise]);
    } finally {
      if (creation !== undefined) this.#creations.delete(creation);
    }
  }

  async #create(
    kind: 'group' | 'direct',
    name: string,
    invite: readonly string[],
    creation?: string,
  ): Promise<GroupView> {
    const begun = await this.#begun(invite, creation);
    return this.#make(kind, name, invite, begun);
  }

  /** Makes a group with those whose KeyPackages were taken. */
  async #make(
    kind: 'group' | 'direct',
    name: string,
    invite: readonly string[],
    { add, identity, key }: Beginning,
  ): Promise<GroupView> {
    const { selfId, environment, starter } = this.#deps;
    const groupId = toHex(environment.random(16));
    if (!isGroupId(groupId)) throw new ParleyError('internal_error', 'A group_id has 16 bytes.');
    const createdAt = unixSeconds(environment);
    const admins = kind === 'direct' ? [selfId, ...invite].sort() : [selfId];
    const descriptor = { kind, name, admins, createdAt };
    const created = await createFirstEntry(environment, { groupId, selfId, identity, descriptor }, { add });
    const standing = {
      ...{ groupId, kind, name, createdAt: 1_000 * createdAt, trafficAt: environment.now() },
      ...{ isLastResort: false, isLeaving: false, goesOnForked: false, status: 'creating' as const },
      members: [selfId, ...invite],
    };
    const { step, pending } = created;
    const change = { put: [], drop: [], putKeys: [key] };
    const runtime = await starter.begin(standing, { step, made: { pending }, change });
    await runtime.commit(async () => undefined, true);
    return runtime.view();
  }

  invite(groupId: string, agentIds: readonly string[]): Promise<GroupView> {
    return this.#change(groupId, () => adding(this.#deps, this.#deps.selfId, agentIds));
  }

  remove(groupId: string, agentIds: readonly string[]): Promise<GroupView> {
    return this.#change(groupId, () => removing(this.#deps.selfId, agentIds));
  }

  rename(groupId: string, name: string): Promise<GroupView> {
    return this.#change(groupId, () => renaming(this.#deps.selfId, name));
  }

  setAdmins(groupId: string, admins: readonly string[]): Promise<GroupView> {
    return this.#change(groupId, () => appointing(this.#deps.selfId, admins));
  }

  async #change(groupId: string, plan: () => Intent['plan']): Promise<GroupView> {
    const runtime = this.#member(groupId);
    await runtime.commit(plan());
    return runtime.view();
  }

  async leave(groupId: string): Promise<void> {
    const runtime = this.#member(groupId);
    const { group } = runtime;
    // Nothing that it could ask the others for would be read: the group ends here.
    if (group.standing.status === 'stranded') return runtime.giveUp();
    await group.turns.take(() => group.keep({ standing: { isLeaving: true } }));
    await runtime.left();
  }

  async forget(groupId: string): Promise<void> {
    const { group } = this.#deps.table.require(groupId);
    if (group.member !== undefined || group.standing.status === 'stranded') {
      throw new ParleyError('not_permitted', 'This agent is still in the group. Leave it first. Nothing was deleted.');
    }
    await forgetGroup(this.#deps, groupId);
  }

  accept(groupId: string): Promise<GroupView> {
    return this.#deps.invitations.accept(groupId);
  }

  decline(groupId: string): Promise<void> {
    return this.#deps.invitations.decline(groupId);
  }

  async say(saying: GroupSaying): Promise<GroupExchangeView> {
    return this.#deps.talk.say(saying);
  }

  async ask(asking: GroupAsking): Promise<GroupExchangeView> {
    return this.#deps.talk.ask(asking);
  }

  async attachment(groupId: string, messageId: string): Promise<Bytes> {
    return this.#deps.talk.attachment(groupId, messageId);
  }

  async markRead(groupId: string): Promise<void> {
    this.#deps.table.require(groupId);
    await this.#deps.talk.markRead(groupId);
  }

  async setReceipts(groupId: string, on: boolean): Promise<GroupView> {
    const runtime = this.#member(groupId);
    await this.#deps.talk.setReceipts(groupId, on);
    return runtime.view();
  }

  async goOnForked(groupId: string): Promise<GroupView> {
    const runtime = this.#member(groupId);
    const { group } = runtime;
    await group.turns.take(() => group.keep({ standing: { goesOnForked: true } }));
    runtime.show();
    runtime.wake();
    return runtime.view();
  }

  async rejoin(groupId: string): Promise<void> {
    this.#deps.table.require(groupId).askToRejoin();
  }

  async startAnew(groupId: string): Promise<NewBeginning> {
    const runtime = this.#deps.table.require(groupId);
    const { kind, name, members, status } = runtime.group.standing;
    if (status !== 'stranded' || kind === 'direct') {
      const detail = 'Only a group in which this agent is stranded is started anew. Nothing was changed.';
      throw new ParleyError('not_permitted', detail);
    }
    const others = members.filter((agentId) => agentId !== this.#deps.selfId);
    const { taken, failed } = await takeThoseThatCome(this.#deps, others);
    const begun = { add: [...taken.values()], ...(await this.#deps.identities.make()) };
    const group = await this.#make('group', name, [...taken.keys()], begun);
    await runtime.giveUp();
    return { group, notInvited: [...failed].map(([agentId, why]) => ({ agentId, why: failureView(why) })) };
  }

  async events(groupId: string, before?: number, count?: number): Promise<readonly GroupEventView[]> {
    this.#deps.table.require(groupId);
    return pageOfEvents(this.#deps.rows, groupId, before, count);
  }

  async epochs(groupId: string): Promise<readonly EpochView[]> {
    this.#deps.table.require(groupId);
    return keptEpochs(this.#deps.rows, groupId);
  }

  /** Returns a group that this agent is in. Throws `unknown_group`. */
  #member(groupId: string): GroupRuntime {
    const runtime = this.#deps.table.require(groupId);
    if (runtime.group.member !== undefined || runtime.group.standing.status === 'stranded') return runtime;
    throw new ParleyError('unknown_group', 'This agent is not in this group any more. Nothing was changed.');
  }
}
