import { asParleyError } from '../../../protocol/errors.ts';
import type { DeliveryNotice } from '../../contracts/notices.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import type { Declines } from '../invitations/declines.ts';
import type { Invitations } from '../invitations/invitations.ts';
import type { KeyPackageKeeper } from '../key-packages/key-package-keeper.ts';
import { Backoff } from '../service/backoff.ts';
import { NoticeWatch, type NoticeWatchDeps } from '../service/notice-watch.ts';
import type { GroupTable } from './group-table.ts';

/** Groups that are compared when a session with a member begins, the newest. */
const mostCompared = 32;

/** What is looked at. */
export interface GroupsLookingDeps {
  readonly table: GroupTable;
  readonly invitations: Pick<Invitations, 'readInbox'>;
  readonly keyPackages: Pick<KeyPackageKeeper, 'start' | 'stop' | 'look' | 'settled'>;
  readonly declines: Pick<Declines, 'start' | 'stop'>;
  /** Where notices come from. */
  readonly notices: Pick<NoticeWatchDeps, 'feed' | 'stream'>;
  readonly scheduler: Scheduler;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
}

/** Looks at this agent's groups and its inbox: when told to, and now and then. */
export class GroupsLooking {
  readonly #deps: GroupsLookingDeps;
  readonly #backoff: Backoff;
  readonly #watch: NoticeWatch;
  #timer: { cancel(): void } | undefined;
  #inbox: Promise<void> | undefined;
  #isInboxWoken = false;
  #isStarted = false;
  #isStopped = false;

  constructor(deps: GroupsLookingDeps) {
    this.#deps = deps;
    this.#backoff = new Backoff(deps.chance);
    const { scheduler, chance, notices } = deps;
    const noticed = (notice: DeliveryNotice) => this.noticed(notice);
    this.#watch = new NoticeWatch({ ...notices, scheduler, chance, noticed, missed: () => this.look() });
  }

  /** Begins the work: KeyPackages, groups and inbox are looked after from now on. */
  start(): void {
    if (this.#isStopped) return;
    this.#isStarted = true;
    this.#deps.keyPackages.start();
    this.#deps.declines.start();
    this.#watch.start();
    this.look();
  }

  /** Looks at everything now. */
  look(): void {
    if (this.#isStopped) return;
    for (const runtime of this.#deps.table.all()) runtime.wake();
    this.#timer?.cancel();
    this.readInbox();
  }

  /** Looks at everything and at the KeyPackages: the network is back, the device has slept, or the certificate was renewed. */
  woken(): void {
    if (this.#isStopped) return;
    this.#deps.keyPackages.look();
    this.look();
  }

  /** Looks at everything now; resolves when that has ended, also where something could not be had and is tried again later. */
  async caughtUp(): Promise<void> {
    this.woken();
    await this.settled();
  }

  /** Resolves once the KeyPackages are at the service, or could not be put there now. */
  offered(): Promise<void> {
    return this.#deps.keyPackages.settled();
  }

  /** Looks where something is new. */
  noticed({ groups }: DeliveryNotice): void {
    for (const [groupId] of groups) this.#deps.table.get(groupId)?.wake();
    this.readInbox();
  }

  /** Has what was read compared with an agent with which a session has begun, in the groups that both are in. */
  met(agentId: string): void {
    if (this.#isStopped || !this.#isStarted) return;
    const common = this.#deps.table.all().filter(({ group }) => group.standing.members.includes(agentId));
    for (const runtime of common.slice(-mostCompared)) runtime.met(agentId);
  }

  /** Reads the inbox on, once more when it is being read. */
  readInbox(): void {
    this.#isInboxWoken = true;
    if (this.#isStopped || this.#inbox !== undefined) return;
    this.#inbox = this.#readInbox().finally(() => {
      this.#inbox = undefined;
      if (this.#isInboxWoken) this.readInbox();
    });
  }

  /** Looks again whom to trust in every group: what is not trusted stops sending at once. */
  async trustChanged(): Promise<void> {
    for (const runtime of this.#deps.table.all()) {
      await runtime.lookAtTrusts();
      runtime.show();
      runtime.wake();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#watch.stop();
    this.#deps.declines.stop();
    this.#deps.keyPackages.stop();
    for (const runtime of this.#deps.table.all()) runtime.stop();
  }

  /** Resolves once what is under way has ended. */
  async settled(): Promise<void> {
    while (this.#inbox !== undefined) await this.#inbox;
    await Promise.all(this.#deps.table.all().map((runtime) => runtime.settled()));
  }

  async #readInbox(): Promise<void> {
    this.#isInboxWoken = false;
    try {
      await this.#deps.invitations.readInbox();
      this.#backoff.succeeded();
    } catch (cause) {
      this.#arm(this.#backoff.after(asParleyError(cause)));
    }
  }

  #arm(ms: number): void {
    if (this.#isStopped) return;
    this.#timer?.cancel();
    this.#timer = this.#deps.scheduler.after(ms, () => this.look());
  }
}
