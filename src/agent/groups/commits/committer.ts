import { createCommitEntry } from '../../../group/member/create-commit-entry.ts';
import { createLeavingEntry } from '../../../group/member/create-message-entry.ts';
import type { CommitPlan } from '../../../group/member/intents.ts';
import { leavingLeaves } from '../../../group/member/open-leave.ts';
import { droppedCommit } from '../../../group/member/open-own.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { ParleyError } from '../../../protocol/errors.ts';
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

/**
 * Makes the commits of this agent in a group, one at a time (groups page, section 5, *Commits*): each is stored with the state that it
 * makes, appended, and becomes the state when it is found in the log. Where another came first it is dropped, and its intent tried again.
 */
export class Committer {
  readonly #deps: CommitterDeps;
  readonly #group: Group;
  readonly #intents: { readonly intent: Intent; tries: number }[] = [];

  constructor(deps: CommitterDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
  }

  /** Adds an intent behind those that wait. */
  add(intent: Intent): void {
    this.#intents.push({ intent, tries: 0 });
  }

  /** Tells everybody who waits that it cannot be said now what becomes of it. A commit that is stored is appended later. `isLeft`: this agent has left, as it wanted. */
  fail(cause: unknown, isLeft = false): void {
    for (const { intent } of this.#intents.splice(0)) isLeft ? intent.done() : intent.failed(cause);
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

  async #try(waiting: { readonly intent: Intent; tries: number }): Promise<Progress> {
    const { intent } = waiting;
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
      return await this.#make(plan);
    } catch (cause) {
      if (this.#intents[0] === waiting) this.#intents.shift();
      intent.failed(cause);
      return { kind: 'moved' };
    }
  }

  /** Makes a commit, judges it as everybody will, stores it and appends it. Throws what makes it invalid. */
  async #make(plan: CommitPlan): Promise<Progress> {
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
      return undefined;
    });
    return waits ?? this.#appendCommit();
  }

  async #appendCommit(): Promise<Progress> {
    const { pending, groupId } = this.#group;
    if (pending === undefined) return { kind: 'nothing' };
    const appended = await this.#deps.service.append(groupId, pending.entry);
    if (appended.kind === 'stored') return { kind: 'moved' };
    await this.#group.turns.take(async () => {
      const { member } = this.#group;
      if (member === undefined || this.#group.pending !== pending) return;
      await this.#group.keep({ step: droppedCommit({ member, changed: {}, consumed: [] }, pending) });
    });
    return { kind: 'moved', again: this.#deps.environment.now() + this.#wait() };
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

function refuse(why: ParleyError): never {
  throw why;
}
