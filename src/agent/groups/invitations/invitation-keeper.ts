import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import type { GroupView, InvitationView } from '../../contracts/group-views.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import type { Verification } from '../../contracts/value-views.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import type { ComingBack } from '../members/rejoins.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import type { DeliveryService, InboxItem } from '../service/delivery-service.ts';
import { AskingBack } from './asking-back.ts';
import type { Declines } from './declines.ts';
import { InvitationList, invitationRow } from './invitation-list.ts';
import type { InvitationRecord } from './invitation-record.ts';
import type { Consent, Invitations, Joiner } from './invitations.ts';
import { closeWelcome, type ReadWelcome, Welcomes, type WelcomesDeps } from './welcomes.ts';

/** Milliseconds for which a Welcome, and the commit that it belongs to, can be had at the service. */
const keptMs = 30 * 86_400_000;
/** Direct groups with one peer that are joined by themselves: a peer makes as many as it likes, and each is read and kept. */
const mostDirect = 8;

/** What invitations are kept with. */
export interface InvitationKeeperDeps extends WelcomesDeps {
  readonly service: Pick<DeliveryService, 'entries' | 'inbox' | 'markInboxRead'>;
  readonly rows: Pick<GroupRows, 'all' | 'write'>;
  readonly joiner: Joiner;
  readonly consent: Consent;
  /** Told of who does not want to come, and of who is invited again. */
  readonly declines: Pick<Declines, 'add' | 'end'>;
  readonly rejoins: { begin(back: ComingBack): void; end(groupId: string): void };
  readonly scheduler: Scheduler;
  readonly emit: (event: AgentEvent) => void;
  verificationOf(agentId: string): Verification;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What became of an item of the inbox. `again`: it waits until then, in milliseconds since 1970. */
type Taken = 'done' | { readonly again: number };

/** Reads the inbox, joins what the owner lets join by itself, and keeps everything else as invitations. */
export class InvitationKeeper implements Invitations {
  readonly #deps: InvitationKeeperDeps;
  readonly #list: InvitationList;
  readonly #welcomes: Welcomes;
  readonly #askingBack: AskingBack;
  #turn: Promise<unknown> = Promise.resolve();
  #loading: Promise<void> | undefined;
  #timer: { cancel(): void } | undefined;
  #isStopped = false;

  constructor(deps: InvitationKeeperDeps) {
    this.#deps = deps;
    const { rows, consent, rejoins, joiner } = deps;
    this.#list = new InvitationList(rows, (agentId) => consent.isKnown(agentId));
    const isMissed = (groupId: string) => joiner.standing(groupId) === 'none' && this.#list.find(groupId) === undefined;
    this.#askingBack = new AskingBack({ rejoins, isMissed });
    this.#welcomes = new Welcomes(deps);
  }

  /** Reads the invitations that are stored. */
  load(): Promise<void> {
    this.#loading ??= this.#list.load();
    return this.#loading;
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  list(): readonly InvitationView[] {
    const now = this.#deps.now();
    return this.#list
      .all()
      .filter(({ until }) => now < until)
      .map((record) => this.#view(record));
  }

  readInbox(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#dropOver();
      let again = Number.POSITIVE_INFINITY;
      let from = 0;
      for (;;) {
        const { items, next } = await this.#deps.service.inbox(from);
        let done: number | undefined;
        for (const item of items) {
          const taken = await this.#take(item);
          if (taken !== 'done') again = Math.min(again, taken.again);
          // What waits stays at the service, with everything after it.
          else if (again === Number.POSITIVE_INFINITY) done = item.index;
        }
        if (done !== undefined) await this.#deps.service.markInboxRead(done);
        if (items.length === 0 || next <= from) break;
        from = next;
      }
      this.#lookAgain(again);
    });
  }

  accept(groupId: string): Promise<GroupView> {
    return this.#inTurn(async () => {
      const record = this.#require(groupId);
      const { inviter, entry, welcome } = record;
      const read = await this.#welcomes.read({ groupId, entry, from: inviter, message: welcome });
      if (read.kind === 'read') return this.#join(read, record);
      await this.#forget([groupId]);
      if (read.kind === 'no_key_package') this.#askingBack.begin(groupId, inviter);
      throw new ParleyError(
        'unknown_group',
        read.kind === 'refused'
          ? 'This invitation cannot be used any more. Nothing was joined. Ask the inviter for another one.'
          : 'The key of this invitation is deleted. The inviter is asked to add this agent again. Nothing was joined yet.',
      );
    });
  }

  decline(groupId: string): Promise<void> {
    return this.#inTurn(async () => {
      const { inviter } = this.#require(groupId);
      // The inviter is told when it can be reached: it does not have to be there.
      await this.#deps.declines.add(groupId, inviter);
      await this.#forget([groupId]);
    });
  }

  /** Drops the invitations of an agent that is blocked from now on. */
  dropBlocked(): Promise<void> {
    const { consent } = this.#deps;
    return this.#inTurn(() =>
      this.#forget(
        this.#list
          .all()
          .filter(({ inviter }) => consent.isBlocked(inviter))
          .map(({ groupId }) => groupId),
      ),
    );
  }

  async #take(item: InboxItem): Promise<Taken> {
    const { consent, joiner } = this.#deps;
    const { groupId, from } = item;
    if (consent.isBlocked(from) || this.#list.find(groupId)?.entry === item.entry) return 'done';
    const read = await this.#welcomes.read(item);
    if (read.kind === 'no_key_package') {
      // It may be the Welcome of a join that was stored before the inbox was marked as read.
      if (joiner.standing(groupId) === 'none') this.#askingBack.begin(groupId, from);
      return 'done';
    }
    if (read.kind === 'refused') return 'done';
    this.#askingBack.end(groupId);
    // Whoever is added anew was taken out before: what was said of the first time is over.
    await this.#deps.declines.end(groupId);
    if (joiner.standing(groupId) === 'member') await joiner.readOn(groupId);
    const standing = joiner.standing(groupId);
    if (standing === 'member' || (standing === 'stranded' && read.own.rejoins !== groupId)) {
      closeWelcome(read);
      return 'done';
    }
    const isOwnRejoin = standing === 'stranded' && read.own.rejoins === groupId;
    const { inviter, descriptor } = read.opened;
    // Also before it is shown: until then anybody can be named as its inviter and members.
    const judged = await this.#welcomes.judge(read);
    if (judged.kind === 'waits') {
      closeWelcome(read);
      return { again: judged.again };
    }
    const mayJoin = this.#hasRoom(inviter, descriptor.kind);
    const joins = isOwnRejoin || (mayJoin && (await consent.isKnown(inviter, judged.value?.inviterSpki)));
    if (joins) {
      if (judged.value === undefined) closeWelcome(read);
      else await joiner.join(judged.value);
      this.#deps.rejoins.end(groupId);
      return 'done';
    }
    if (judged.value !== undefined) return this.#invite(item, read);
    closeWelcome(read);
    return 'done';
  }

  /** True when the owner lets groups of this kind join by themselves, and not too many of this inviter are. */
  #hasRoom(inviter: string, kind: 'group' | 'direct'): boolean {
    const { consent, joiner } = this.#deps;
    return consent.joinsByItself(kind) && (kind === 'group' || joiner.directGroupsWith(inviter) < mostDirect);
  }

  async #invite(item: InboxItem, read: ReadWelcome): Promise<Taken> {
    const { opened, own } = read;
    const { source } = own.keyPackage.leafNode;
    const ends = source.type === 'key_package' ? 1_000 * Number(source.lifetime.notAfter) : Number.POSITIVE_INFINITY;
    const receivedAt = this.#deps.now();
    const record: InvitationRecord = {
      groupId: item.groupId,
      kind: opened.descriptor.kind,
      name: opened.descriptor.name,
      inviter: opened.inviter,
      members: opened.members.map(({ agentId }) => agentId),
      entry: item.entry,
      receivedAt,
      until: Math.min(receivedAt + keptMs, ends),
      welcome: item.message,
    };
    closeWelcome(read);
    for (const groupId of await this.#list.add(record)) this.#deps.emit({ type: 'invitation_gone', groupId });
    this.#deps.emit({ type: 'invitation', invitation: this.#view(record) });
    return 'done';
  }

  async #join(read: ReadWelcome, { groupId }: InvitationRecord): Promise<GroupView> {
    const judged = await this.#welcomes.judge(read);
    if (judged.kind === 'waits') {
      closeWelcome(read);
      throw judged.why;
    }
    const joining = judged.value;
    if (joining === undefined) {
      closeWelcome(read);
      await this.#forget([groupId]);
      throw new ParleyError('unknown_group', 'The group of this invitation is not a valid one. Nothing was joined.');
    }
    const change = { ...joining.change, drop: [...joining.change.drop, invitationRow(groupId)] };
    const view = await this.#deps.joiner.join({ ...joining, change });
    this.#list.forget(groupId);
    this.#deps.rejoins.end(groupId);
    this.#deps.emit({ type: 'invitation_gone', groupId });
    return view;
  }

  async #dropOver(): Promise<void> {
    const now = this.#deps.now();
    const over = this.#list.all().filter(({ until }) => now >= until);
    await this.#forget(over.map(({ groupId }) => groupId));
  }

  async #forget(groupIds: readonly string[]): Promise<void> {
    await this.#list.drop(groupIds);
    for (const groupId of groupIds) this.#deps.emit({ type: 'invitation_gone', groupId });
  }

  #lookAgain(at: number): void {
    this.#timer?.cancel();
    if (this.#isStopped || at === Number.POSITIVE_INFINITY) return;
    const look = () => void this.readInbox().catch((cause: unknown) => void asParleyError(cause));
    this.#timer = this.#deps.scheduler.after(Math.max(0, at - this.#deps.now()), look);
  }

  #require(groupId: string): InvitationRecord {
    const record = this.#list.find(groupId);
    if (record !== undefined && this.#deps.now() < record.until) return record;
    throw new ParleyError('unknown_group', 'There is no invitation to this group. It may have expired.');
  }

  #view({ groupId, kind, name, inviter, members, receivedAt, until }: InvitationRecord): InvitationView {
    const inviterVerification = this.#deps.verificationOf(inviter);
    return { groupId, kind, name, inviter, inviterVerification, members, receivedAt, until };
  }

  /** Does one thing at a time: what is accepted is not read anew meanwhile. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => this.load()).then(work);
    this.#turn = turn.catch((cause: unknown) => void asParleyError(cause));
    return turn;
  }
}
