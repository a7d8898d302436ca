import { waitingLeavers } from '../../../group/member/healing.ts';
import { isLeftBehind } from '../../../group/member/standing.ts';
import { unixSeconds } from '../../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { failureView } from '../../contracts/failures.ts';
import type { GroupView, MemberTrust } from '../../contracts/group-views.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import type { FailureView } from '../../contracts/value-views.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import { Committer, type CommitterDeps } from '../commits/committer.ts';
import { Duties, type DutiesDeps } from '../commits/duties.ts';
import { type Intent, intentOf } from '../commits/intents.ts';
import type { JudgeDeps } from '../commits/judge.ts';
import { type UndoneCreationDeps, undoneCreation } from '../commits/undone-creation.ts';
import { Forks, type ForksDeps } from '../forks/forks.ts';
import { refusalOf } from '../sending/refusal.ts';
import { Sender } from '../sending/sender.ts';
import { Backoff } from '../service/backoff.ts';
import { Forgetting } from '../state/forgetting.ts';
import type { Group } from '../state/group.ts';
import { KnownTrusts } from '../state/known-trusts.ts';
import type { Progress, Waits } from '../state/progress.ts';
import type { TrustsDeps } from '../state/trusts.ts';
import { groupView, type ViewParts } from '../state/view.ts';
import { ComingBack, type ComingBackDeps } from './coming-back.ts';
import { LogReader, type LogReaderDeps } from './log-reader.ts';
import { WakeTimer } from './wake-timer.ts';

/** What a group at work needs. */
export interface GroupRuntimeDeps
  extends JudgeDeps,
    Omit<DutiesDeps, 'environment'>,
    Omit<TrustsDeps, 'environment' | 'evidence'>,
    Omit<LogReaderDeps, 'trustNow' | 'diverged' | 'now' | 'service' | 'subtle' | 'rows'> {
  readonly rows: ForksDeps['rows'];
  readonly presence: CommitterDeps['presence'];
  readonly pauses: CommitterDeps['pauses'];
  readonly serviceNow: CommitterDeps['serviceNow'];
  readonly service: LogReaderDeps['service'] & CommitterDeps['service'];
  /** Deletes a group that is over. */
  readonly forget: UndoneCreationDeps['forget'];
  readonly environment: CommitterDeps['environment'];
  readonly scheduler: Scheduler;
  readonly emit: (event: AgentEvent) => void;
  readonly verificationOf: ViewParts['verificationOf'];
  readonly rejoins: ComingBackDeps['rejoins'];
  readonly methods: ForksDeps['methods'];
  readonly isConnected: ForksDeps['isConnected'];
  /** A number from 0 up to 1. */
  readonly chance: () => number;
}

/** One group at work: reads its log on, commits what is due, and sends what waits, each time that it is woken. */
export class GroupRuntime {
  readonly group: Group;
  readonly #deps: GroupRuntimeDeps;
  readonly #reader: LogReader;
  readonly #committer: Committer;
  readonly #duties: Duties;
  readonly #sender: Sender;
  readonly #backoff: Backoff;
  readonly #trusts: KnownTrusts;
  readonly #forks: Forks;
  readonly #forgetting: Forgetting;
  readonly #timer: WakeTimer;
  readonly #comingBack: ComingBack;
  #running: Promise<void> | undefined;
  #isWoken = false;
  #isStopped = false;
  #shown = '';

  constructor(deps: GroupRuntimeDeps, group: Group) {
    this.#deps = deps;
    this.group = group;
    const { environment } = deps;
    this.#trusts = new KnownTrusts(deps, group);
    const changed = () => {
      this.show();
      this.wake();
    };
    this.#forks = new Forks(
      { ...deps, now: () => environment.now(), trusted: () => this.#trusts.trusted(), changed },
      group,
    );
    this.#reader = new LogReader(
      {
        ...deps,
        subtle: environment.subtle,
        now: () => environment.now(),
        trustNow: (agentId) => this.#trusts.now(agentId),
        diverged: (agentId) => this.#forks.hasDiverged(agentId),
      },
      group,
    );
    this.#comingBack = new ComingBack(deps, group, changed);
    this.#duties = new Duties(deps, group);
    this.#committer = new Committer(deps, group, this.#duties);
    this.#sender = new Sender(deps, group);
    this.#forgetting = new Forgetting(deps.rows, group);
    this.#backoff = new Backoff(deps.chance);
    const { scheduler } = deps;
    this.#timer = new WakeTimer({ scheduler, now: () => environment.now(), wake: () => this.wake() });
  }

  /** Looks what there is to do, now or behind what is under way. */
  wake(): void {
    this.#isWoken = true;
    if (this.#isStopped) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isWoken) this.wake();
    });
  }

  /** Has a commit made, tried until it is done. Rejects with what makes it senseless, and with what stops it for now: it says whether it comes about later. `isStored`: what it wants is stored already. */
  async commit(plan: Intent['plan'], isStored = false): Promise<void> {
    const { intent, ended } = intentOf(plan, isStored);
    this.#committer.add(intent);
    this.wake();
    await ended;
  }

  /** Resolves when the log has this agent's wish to leave. Rejects with `delivery_unreachable`: it goes out later then. */
  async left(): Promise<void> {
    await this.commit(async () => undefined, true);
  }

  /** Asks the members now to take this agent in again. */
  askToRejoin(): void {
    this.#comingBack.ask(() => this.#trusts.all);
  }

  /** Ends a group in which this agent is stranded, without waiting for its members. */
  giveUp(): Promise<void> {
    return this.#comingBack.giveUp();
  }

  /** A session with a member has begun. */
  met(agentId: string): void {
    if (this.group.standing.status !== 'member') return;
    this.#forks.met(agentId);
    this.wake();
  }

  /** Resolves once nothing of it is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Does nothing more by itself; what is under way ends at its next step. */
  stop(): void {
    this.#isStopped = true;
    this.#timer.stop();
    this.#committer.fail(
      new ParleyError('not_registered', 'This agent was stopped. What was stored goes on later.'),
      'never',
    );
  }

  /** Returns why nothing can be sent at the moment; undefined when something can. */
  get blocked(): FailureView | undefined {
    const error = this.refusal();
    return error === undefined ? undefined : failureView(error);
  }

  /** Returns the error that sending is refused with; undefined while it is not. */
  refusal(): ParleyError | undefined {
    return refusalOf(this.group, { trusts: this.#trusts.all, isForked: this.#forks.found !== undefined });
  }

  /** True while what waits may go out: nobody is distrusted, nothing is in doubt, and everything that trust needs is known. */
  #maySend(): boolean {
    const isKnown = ![...this.#trusts.all.values()].includes('waiting');
    return this.refusal() === undefined && this.group.member?.doubt === undefined && isKnown;
  }

  #mayStopSending(): boolean {
    const { member, standing } = this.group;
    return member !== undefined || standing.status === 'stranded';
  }

  trustIn(agentId: string): MemberTrust | undefined {
    return this.#trusts.all.get(agentId);
  }

  view(): GroupView {
    const { selfId, talk } = this.#deps;
    return groupView(this.group, {
      selfId,
      talk: talk.view(this.group.groupId),
      trusts: this.#trusts.all,
      diverged: this.#forks.diverged,
      fork: this.#forks.found,
      blocked: this.#mayStopSending() ? this.blocked : undefined,
      failing: this.#duties.failing,
      verificationOf: this.#deps.verificationOf,
    });
  }

  /** Tells what the group shows, when it shows something else than before. */
  show(): void {
    const view = this.view();
    const text = JSON.stringify(view);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#deps.emit({ type: 'group', group: view });
  }

  async #run(): Promise<void> {
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      try {
        const { again, why } = await this.#work();
        this.group.waiting = why;
        this.#backoff.succeeded();
        if (again !== undefined) this.#timer.wakeAt(again);
      } catch (cause) {
        const why = asParleyError(cause);
        const undone = await this.#undone(why);
        if (undone && this.#isStopped) return;
        if (!undone) this.#waitsFor(why);
      }
      this.show();
    }
  }

  #waitsFor(why: ParleyError): void {
    this.group.waiting = why;
    this.#committer.fail(why);
    this.#timer.wakeAt(this.#deps.environment.now() + this.#backoff.after(why));
  }

  /** Returns whether the group was refused before it was made: nothing more comes of it. */
  async #undone(why: ParleyError): Promise<boolean> {
    const forget = async (groupId: string) => {
      await this.#deps.forget(groupId);
      this.#isStopped = true;
    };
    const undone = await undoneCreation({ ...this.#deps, forget }, this.group, why);
    if (undone !== undefined) this.#committer.fail(undone, 'never');
    return undone !== undefined;
  }

  /** Does everything that can be done now; returns when to look again, if something is known to come, and why it waits. */
  async #work(): Promise<Partial<Waits>> {
    for (;;) {
      if (this.#isStopped || (await this.#comingBack.isOver())) return this.#over();
      if (this.group.standing.status === 'creating') await this.#committer.work(undefined);
      const waits = await this.#reader.catchUp();
      if (waits !== undefined) return waits;
      const { member } = this.group;
      if (member === undefined || (await this.#comingBack.isOver())) return this.#over();
      if (isLeftBehind(member))
        await this.group.turns.take(() => this.group.keep({ standing: { status: 'stranded' } }));
      if (this.group.standing.status === 'stranded') return this.#over();
      await this.#forgetting.look(unixSeconds(this.#deps.environment));
      await this.lookAtTrusts();
      const doubted = await this.#forks.lookAtDoubt(member);
      if (doubted !== undefined) this.#timer.wakeAt(doubted);
      this.show();
      const next = await this.#next();
      if (next.kind === 'nothing') return this.#trusts.waits;
      if (next.kind === 'waits' || next.again !== undefined) return next;
    }
  }

  /** Nothing can be done in the group: says so to everybody who waits. */
  #over(): Partial<Waits> {
    if (this.#isStopped) return {};
    const { standing } = this.group;
    this.askToRejoin();
    const detail = 'This agent is not in the group any more.';
    this.#committer.fail(
      this.refusal() ?? new ParleyError('unknown_group', detail),
      standing.status === 'left' ? 'left' : 'never',
    );
    return {};
  }

  /** Commits what is due, then sends what waits. */
  async #next(): Promise<Progress> {
    const wantsToSend = this.group.queue.length > 0 && this.#maySend();
    const duty = await this.#duties.next(this.#trusts.all, wantsToSend);
    const done = await this.#committer.work(duty?.kind === 'due' ? duty.plan : undefined);
    if (done.kind !== 'nothing') return done;
    const maySend = () => this.#maySend();
    const sent = wantsToSend && !this.#mustCommitFirst() ? await this.#sender.work(maySend) : done;
    if (sent.kind !== 'nothing') return sent;
    return duty?.kind === 'later' ? { kind: 'moved', again: duty.at } : sent;
  }

  #mustCommitFirst(): boolean {
    return this.group.member === undefined || waitingLeavers(this.group.member).length > 0;
  }

  /** Looks again whom to trust, before anything else is sent or run; returns whether one agent is. */
  lookAtTrusts(agentId = this.#deps.selfId): Promise<MemberTrust | undefined> {
    return this.#trusts.of(agentId);
  }
}
