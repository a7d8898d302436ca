import { createCommitEntry } from '../../../group/member/create-commit-entry.ts';
import { createLeavingEntry } from '../../../group/member/create-message-entry.ts';
import type { CommitPlan } from '../../../group/member/intents.ts';
import { leavingLeaves } from '../../../group/member/open-leave.ts';
import { dropPendingCommit } from '../../../group/member/open-own.ts';
import type { PendingCommit } from '../../../group/member/own-entries.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { Environment } from '../../../protocol/crypto/environment.ts';
import { asParleyError, type ErrorCode, ParleyError } from '../../../protocol/errors.ts';
import { DeliveryRefusal } from '../service/delivery-http.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import type { Group } from '../state/group.ts';
import type { Progress } from '../state/progress.ts';
import { bringing } from './changes.ts';
import type { Duties } from './duties.ts';
import { type Intent, intentOf } from './intents.ts';
import type { InviteesDeps } from './invitees.ts';
import { type JudgeDeps, judge } from './judge.ts';
import { decodeWish } from './wishes.ts';

/** Milliseconds after which an intent is tried again at the latest, when another's commit came first. */
const longestWaitMs = 1_000;
/** Commits of one intent that may be dropped or skipped before it is given up. */
const mostTries = 30;

/** What commits are made with. */
export interface CommitterDeps extends JudgeDeps, Omit<InviteesDeps, 'evidence' | 'environment' | 'service'> {
  readonly selfId: string;
  readonly service: Pick<DeliveryService, 'append' | 'takeKeyPackage'>;
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now'>;
  /** What time it is by the service, in Unix seconds: the clock that an entry's `at` is by. */
  serviceNow(): number;
}

/** Codes with which the service refuses an entry for what it is or costs, before anything of it is stored. */
const refusals: readonly ErrorCode[] = [
  'mailbox_full',
  'group_full',
  'not_permitted',
  'malformed_message',
  'message_too_large',
];

/** Codes of what stands in the way for a while: a wish that is stored waits until it is over. */
const passing: readonly ErrorCode[] = [
  'delivery_unreachable',
  'controller_unreachable',
  'network_unavailable',
  'not_authorized',
  'not_registered',
  'rate_limited',
  'revocation_status_unknown',
  'storage_failed',
  'storage_full',
  'unavailable',
];

/** Codes of a store that takes nothing: what is to be stored after it would not be either. */
const ofStorage: readonly ErrorCode[] = ['storage_failed', 'storage_full'];

/** An intent that waits. `isMade`: its commit is stored, and waits for its place in the log; or what it wants, when that was dropped. */
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
  readonly #duties: Pick<Duties, 'refused'>;
  readonly #intents: Waiting[] = [];
  /** The wish that the first intent is of, and when that is tried, in milliseconds since 1970. */
  #wished: { readonly memo: Bytes; readonly at: number } | undefined;

  /** `duties` hears of a commit that was made by itself, and refused for good. */
  constructor(deps: CommitterDeps, group: Group, duties: Pick<Duties, 'refused'>) {
    this.#deps = deps;
    this.#group = group;
    this.#duties = duties;
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
    const again = await this.#takeUpWish();
    if (again !== undefined) return { kind: 'moved', again };
    const [first] = this.#intents;
    if (first !== undefined) return this.#try(first);
    return duty === undefined ? { kind: 'nothing' } : this.#makeDuty(duty);
  }

  /** Makes what the group asks for by itself. What cannot be made or judged now comes again later: wishes and messages go on meanwhile. */
  async #makeDuty(duty: CommitPlan): Promise<Progress> {
    try {
      const made = await this.#make(duty);
      if (made.kind !== 'waits') return made;
      this.#duties.refused(made.why, made.again);
    } catch (cause) {
      const error = asParleyError(cause);
      // Its bytes are stored, and are appended again; or nothing at all can be stored.
      if (this.#group.pending !== undefined || ofStorage.includes(error.code)) throw cause;
      this.#duties.refused(error);
    }
    return { kind: 'moved' };
  }

  /** Makes an intent of what was wanted when the commit for it was dropped. Returns when to try it, while that is not yet. */
  async #takeUpWish(): Promise<number | undefined> {
    const { wish } = this.#group;
    if (wish === undefined) return undefined;
    const now = this.#deps.environment.now();
    if (this.#wished?.memo !== wish) this.#wished = { memo: wish, at: now + this.#wait() };
    // Whoever asked for it may still wait.
    if (this.#intents[0]?.isMade !== true) {
      const intent = await this.#intentOf(wish);
      if (intent === undefined) return undefined;
      this.#intents.unshift({ intent, tries: 0, isMade: true });
    }
    const ms = this.#wished.at - now;
    // A wait longer than the longest was begun by a clock that was ahead.
    return ms > 0 && ms <= longestWaitMs ? this.#wished.at : undefined;
  }

  /** Returns what brings a stored wish about; undefined for one that cannot be read: that is given up. */
  async #intentOf(wish: Bytes): Promise<Intent | undefined> {
    try {
      const { intent, ended } = intentOf(bringing(this.#deps, this.#deps.selfId, decodeWish(wish)));
      // Who asked has been told that it comes about later, if it can.
      void Promise.allSettled([ended]);
      return intent;
    } catch (cause) {
      if (!(cause instanceof ParleyError)) throw cause;
      await this.#endWish();
      return undefined;
    }
  }

  async #endWish(): Promise<void> {
    if (this.#group.wish === undefined) return;
    await this.#group.turns.take(() => this.#group.keep({ endsWish: true }));
  }

  async #try(waiting: Waiting): Promise<Progress> {
    const { intent } = waiting;
    // Nothing is pending: what was made of it before has come about, or is wanted still.
    const isWish = waiting.isMade && this.#group.wish !== undefined;
    waiting.isMade = isWish;
    let isWornOut = false;
    try {
      const member = this.#group.member;
      const plan = member === undefined ? undefined : await intent.plan(member);
      if (plan === undefined) {
        if (isWish) await this.#endWish();
        this.#intents.shift();
        intent.done();
        return { kind: 'moved' };
      }
      waiting.tries += 1;
      isWornOut = waiting.tries > mostTries;
      if (isWornOut) {
        throw new ParleyError('unavailable', 'Commits of others came first each time. Nothing was changed. Try again.');
      }
      return await this.#make(plan, waiting);
    } catch (cause) {
      // Its bytes are stored, and are appended again; or what it wants is, and is tried again.
      if (this.#group.pending !== undefined || (isWish && !isWornOut && isPassing(cause))) throw cause;
      if (isWish) await this.#endWish();
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
      const judged = await judge(this.#deps, staged, this.#deps.serviceNow());
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
   * What the service refuses for good is dropped: who asked for it is told, and what was made by itself comes again later. Throws anything
   * else: the same bytes are appended again.
   */
  async #refused(pending: PendingCommit, cause: unknown): Promise<void> {
    const isForGood = cause instanceof DeliveryRefusal && refusals.includes(cause.code);
    if (!isForGood || this.#group.standing.status === 'creating') throw cause;
    const [first] = this.#intents;
    const isAsked = first?.isMade === true;
    if (isAsked) this.#intents.shift();
    await this.#drop(pending, true);
    if (isAsked) first.intent.failed(saying(cause, false));
    else if (pending.memo === undefined) this.#duties.refused(cause);
  }

  /** Drops a commit that the log does not have: its intent is tried anew, unless it is given up with it. */
  async #drop(pending: PendingCommit, endsWish = false): Promise<void> {
    await this.#group.turns.take(async () => {
      const { member } = this.#group;
      if (member === undefined || this.#group.pending !== pending) return;
      await this.#group.keep({ step: dropPendingCommit(member, pending), endsWish });
    });
    if (this.#group.wish === undefined) for (const waiting of this.#intents) waiting.isMade = false;
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

function isPassing(cause: unknown): boolean {
  return cause instanceof ParleyError && passing.includes(cause.code);
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
