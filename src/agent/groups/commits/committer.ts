import { createCommitEntry } from '../../../group/member/create-commit-entry.ts';
import { createLeavingEntry } from '../../../group/member/create-message-entry.ts';
import type { CommitPlan } from '../../../group/member/intents.ts';
import { leavingLeaves } from '../../../group/member/open-leave.ts';
import { dropPendingCommit } from '../../../group/member/open-own.ts';
import type { PendingCommit } from '../../../group/member/own-entries.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { type ErrorCode, ParleyError } from '../../../protocol/errors.ts';
import { DeliveryRefusal } from '../service/delivery-http.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import type { Group } from '../state/group.ts';
import type { Progress } from '../state/progress.ts';
import type { Intent } from './intents.ts';
import { type JudgeDeps, judge } from './judge.ts';

/** Milliseconds after which an intent is tried again at the latest, when another's commit came first. */
const longestWaitMs = 1_000;
/** Commits of one intent that may be dropped or skipped before it is given up. */
const mostTries = 30;

/** What commits are made with. */
export interface CommitterDeps extends JudgeDeps {
  readonly service: Pick<DeliveryService, 'append'>;
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now'>;
}

/** Codes with which the service refuses an entry for what it is or costs, before anything of it is stored. */
const refusals: readonly ErrorCode[] = [
  'mailbox_full',
  'group_full',
  'not_permitted',
  'malformed_message',
  'message_too_large',
];

/** An intent that waits. `isMade`: its commit is stored, and waits for its place in the log. */
interface Waiting {
  readonly intent: Intent;
  tries: number;
  isMade: boolean;
}

/**
 * Makes the commits of this agent in a group, one at a time (groups page, section 5, *Commits*): each is stored with the state that it
 * makes, appended, and becomes the state when it is found in the log. Where another came first it is dropped, and its intent tried again.
 */
export class Committer {
  readonly #deps: CommitterDeps;
  readonly #group: Group;
  readonly #intents: Waiting[] = [];

  constructor(deps: CommitterDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
  }

  /** Adds an intent behind those that wait. */
  add(intent: Intent): void {
    this.#intents.push({ intent, tries: 0, isMade: false });
  }

  /**
   * Tells everybody who waits what becomes of it: `later`, that it cannot be said now, and whether it comes about once that is over, since
   * its commit is stored; `never`, that it does not; `left`, that this agent has left, as it wanted.
   */
  fail(cause: ParleyError, ends: 'later' | 'never' | 'left' = 'later'): void {
    for (const { intent, isMade } of this.#intents.splice(0)) {
      if (ends === 'left') intent.done();
      else intent.failed(ends === 'never' ? cause : saying(cause, isMade || intent.isStored));
    }
  }

  /** Does the next thing that waits: a commit or proposal that is made, an intent, a duty. The log was read to its end before. */
  async work(duty: CommitPlan | undefined): Promise<Progress> {
    const { leave, pending } = this.#group;
    if (leave !== undefined) return this.#appendLeave();
    if (pending !== undefined) return this.#appendCommit();
    const member = this.#group.member;
    if (member === undefined) return { kind: 'nothing' };
    const isLeft = leavingLeaves(member.state).includes(member.state.ownLeaf);
    if (this.#group.standing.isLeaving && !isLeft) return this.#leave();
    const [first] = this.#intents;
    if (first !== undefined) return this.#try(first);
    return duty === undefined ? { kind: 'nothing' } : this.#make(duty);
  }

  async #try(waiting: Waiting): Promise<Progress> {
    const { intent } = waiting;
    // Nothing is pending: what was made of it before, another's commit has ended.
    waiting.isMade = false;
    try {
      const member = this.#group.member;
      const plan = member === undefined ? undefined : await intent.plan(member);
      if (plan === undefined) {
        this.#intents.shift();
        intent.done();
        return { kind: 'moved' };
      }
      waiting.tries += 1;
      if (waiting.tries > mostTries) {
        throw new ParleyError('unavailable', 'Commits of others came first each time. Nothing was changed. Try again.');
      }
      return await this.#make(plan, waiting);
    } catch (cause) {
      // Its bytes are stored, and are appended again.
      if (waiting.isMade) throw cause;
      if (this.#intents[0] === waiting) this.#intents.shift();
      intent.failed(cause);
      return { kind: 'moved' };
    }
  }

  /** Makes a commit, judges it as everybody will, stores it and appends it. Throws what makes it invalid. */
  async #make(plan: CommitPlan, waiting?: Waiting): Promise<Progress> {
    const { environment } = this.#deps;
    const waits = await this.#group.turns.take(async (): Promise<Progress | undefined> => {
      const { member } = this.#group;
      if (member === undefined) return { kind: 'nothing' };
      const { pending, staged, step } = await createCommitEntry(environment, member, plan);
      const judged = await judge(this.#deps, staged, unixSeconds(environment));
      if (judged.kind === 'waits') return judged.why.code === 'unknown_certificate' ? refuse(judged.why) : judged;
      if (!judged.verdict.valid) {
        throw new ParleyError('not_permitted', `The group would skip this change (${judged.verdict.code}).`);
      }
      await this.#group.keep({ step, made: { pending } });
      if (waiting !== undefined) waiting.isMade = true;
      return undefined;
    });
    return waits ?? this.#appendCommit();
  }

  async #appendCommit(): Promise<Progress> {
    const { pending, groupId } = this.#group;
    if (pending === undefined) return { kind: 'nothing' };
    try {
      const appended = await this.#deps.service.append(groupId, pending.entry);
      if (appended.kind === 'stored') return { kind: 'moved' };
    } catch (cause) {
      await this.#refused(pending, cause);
    }
    await this.#drop(pending);
    return { kind: 'moved', again: this.#deps.environment.now() + this.#wait() };
  }

  /**
   * What somebody asked for and the service refuses for good is dropped, and who asked is told; undefined then. Throws anything else: the
   * same bytes are appended again.
   */
  async #refused(pending: PendingCommit, cause: unknown): Promise<void> {
    const [first] = this.#intents;
    const isForGood = cause instanceof DeliveryRefusal && refusals.includes(cause.code);
    if (!isForGood || first?.isMade !== true || this.#group.standing.status === 'creating') throw cause;
    this.#intents.shift();
    await this.#drop(pending);
    first.intent.failed(saying(cause, false));
  }

  /** Drops a commit that the log does not have: its intent is tried anew. */
  async #drop(pending: PendingCommit): Promise<void> {
    await this.#group.turns.take(async () => {
      const { member } = this.#group;
      if (member === undefined || this.#group.pending !== pending) return;
      await this.#group.keep({ step: dropPendingCommit(member, pending) });
    });
    for (const waiting of this.#intents) waiting.isMade = false;
  }

  async #leave(): Promise<Progress> {
    await this.#group.turns.take(async () => {
      if (this.#group.member === undefined) return;
      const { own, step } = await createLeavingEntry(this.#deps.environment, this.#group.member);
      await this.#group.keep({ step, made: { leave: own } });
    });
    return this.#appendLeave();
  }

  async #appendLeave(): Promise<Progress> {
    const { leave, groupId } = this.#group;
    if (leave === undefined) return { kind: 'nothing' };
    const appended = await this.#deps.service.append(groupId, leave.entry);
    if (appended.kind === 'conflict') {
      const part = `outbox/${leave.entry.entryId}`;
      await this.#group.turns.take(() => this.#group.keep({ change: { put: [], drop: [{ group: groupId, part }] } }));
    }
    return { kind: 'moved' };
  }

  #wait(): number {
    const [byte = 0] = this.#deps.environment.random(1);
    return Math.floor((byte / 256) * longestWaitMs);
  }
}

/** Returns the error with what becomes of the wish that it stands in the way of. */
function saying({ code, detail, retryAfter, cause }: ParleyError, isStored: boolean): ParleyError {
  const said = isStored
    ? `${detail} What you asked for is stored, and comes about once that is over.`
    : `${detail} Nothing in the group was changed.`;
  return new ParleyError(code, said, { cause, ...(retryAfter === undefined ? {} : { retryAfter }) });
}

function refuse(why: ParleyError): never {
  throw why;
}
