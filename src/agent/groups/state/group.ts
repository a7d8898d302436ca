import type { GroupMember } from '../../../group/member/group-member.ts';
import type { OwnEntries, OwnLeave, OwnMessage, PendingCommit } from '../../../group/member/own-entries.ts';
import { outboxPart, type PlainPart, parts } from '../../../group/storage/parts.ts';
import {
  signatureKeyId,
  storedLeave,
  storedMessage,
  storedPending,
  storedStep,
} from '../../../group/storage/stored-step.ts';
import { endedSecrets } from '../../../mls/group/ended-secrets.ts';
import { leafAt } from '../../../mls/tree/ratchet-tree.ts';
import { type Bytes, wipe } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import type { ParleyError } from '../../../protocol/errors.ts';
import { Turns } from '../../audit/turns.ts';
import type { GroupKey } from '../../contracts/group-store.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import type { History } from '../../history/history.ts';
import type { PlainChange } from '../rows/group-rows.ts';
import type { SealedRows } from '../rows/sealed-rows.ts';
import type { TalkStep } from '../talk/ports.ts';
import type { Outcome } from './outcome.ts';
import { type QueuedPayload, queuePrefix } from './queued-payload.ts';
import { type Standing, standingRow } from './standing.ts';

/** What a group's steps are written with. */
export interface GroupWriting {
  readonly rows: Pick<SealedRows, 'seal'>;
  readonly history: Pick<History, 'keepStep'>;
  readonly subtle: Subtle;
  readonly emit: (event: AgentEvent) => void;
  /** True for a signature key that something else signs with or may still be joined by: it stays when this group drops it. */
  readonly isKeyUsedBeside: (groupId: string, keyId: string) => boolean;
}

/** What a group has under way, as its rows have it. */
export interface UnderWay {
  readonly pending: PendingCommit | undefined;
  readonly leave: OwnLeave | undefined;
  readonly outbox: readonly OwnMessage[];
  readonly queue: readonly QueuedPayload[];
  readonly wish: Bytes | undefined;
}

/** Where what this agent wants changed is stored, from when its commit was dropped until the next one is made of it. */
export const wishPart = 'wish';

/** One group of this agent: its member, what waits for a place in the log, and the one way in which any of it changes. */
export class Group {
  /** One at a time: everything that reads the member and makes another of it. */
  readonly turns = new Turns();
  readonly #writing: GroupWriting;
  #standing: Standing;
  #member: GroupMember | undefined;
  #pending: PendingCommit | undefined;
  #leave: OwnLeave | undefined;
  /** By the hash of the bytes. */
  readonly #outbox = new Map<string, OwnMessage>();
  readonly #queue: QueuedPayload[];
  #wish: Bytes | undefined;
  #keyId: string | undefined;
  /** Why the next entry cannot be read, or nothing be appended, at the moment. */
  waiting: ParleyError | undefined;

  constructor(writing: GroupWriting, standing: Standing, member: GroupMember | undefined, underWay?: UnderWay) {
    this.#writing = writing;
    this.#standing = standing;
    this.#member = member;
    this.#pending = underWay?.pending;
    this.#leave = underWay?.leave;
    for (const message of underWay?.outbox ?? []) this.#outbox.set(message.hash, message);
    this.#queue = [...(underWay?.queue ?? [])];
    this.#wish = underWay?.wish;
  }

  get groupId(): string {
    return this.#standing.groupId;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Returns the member as it is stored; undefined for a group that is over, and for one without a usable state. */
  get member(): GroupMember | undefined {
    return this.#member;
  }

  /** The id of the own leaf's signature key, once `identify` or a step has found it. */
  get keyId(): string | undefined {
    return this.#keyId;
  }

  /** Finds the id of the own leaf's signature key. */
  async identify(): Promise<void> {
    [this.#keyId] = this.#member === undefined ? [] : await this.#signatureKeys(this.#member);
  }

  get pending(): PendingCommit | undefined {
    return this.#pending;
  }

  get leave(): OwnLeave | undefined {
    return this.#leave;
  }

  /** The memo of a commit that was dropped and that none has been made in place of. */
  get wish(): Bytes | undefined {
    return this.#wish;
  }

  /** Payloads that the log does not have yet, in the order in which they go out. */
  get queue(): readonly QueuedPayload[] {
    return this.#queue;
  }

  /** Returns the bytes that were made of a payload for the present epoch; undefined when it has to be encrypted (again). */
  madeOf(messageId: string): OwnMessage | undefined {
    return [...this.#outbox.values()].find((message) => message.messageId === messageId);
  }

  /** Messages that were made and are not known to be in the log. */
  get outbox(): readonly OwnMessage[] {
    return [...this.#outbox.values()];
  }

  /** Finds what this member has appended itself. */
  get own(): OwnEntries {
    return {
      find: (hash) => {
        if (this.#pending?.hash === hash) return { kind: 'commit', commit: this.#pending };
        if (this.#leave?.hash === hash) return { kind: 'leave', leave: this.#leave };
        const message = this.#outbox.get(hash);
        return message === undefined ? undefined : { kind: 'message', message };
      },
    };
  }

  /**
   * Writes an outcome in one transaction and goes on from it; then tells, then wipes. Within a turn. Rejects with `storage_failed` and
   * `storage_full`, and then nothing has changed.
   */
  async keep(outcome: Outcome): Promise<void> {
    const { step, made, talk = [], standing, events = [], consumed = [] } = outcome;
    const next = standing === undefined ? this.#standing : { ...this.#standing, ...standing };
    const wish = this.#wishAfter(outcome);
    const change = await this.#changeOf(outcome, next, wish);
    const exchanges = talk.flatMap((one) => one.exchanges);
    const sealed = await this.#writing.rows.seal(change.all);
    outcome.record?.();
    const kept = await this.#writing.history.keepStep({ exchanges, groups: [sealed] });
    this.#standing = next;
    if (step !== undefined) this.#member = step.member;
    if (step?.changed.epoch === true) await this.identify();
    if (step?.changed.pending === 'gone') this.#pending = undefined;
    this.#wish = wish;
    this.#took(made, step?.changed.outbox, outcome.change);
    for (const event of events) this.#writing.emit(event);
    tellKept(talk, kept);
    wipe(...consumed, ...(step?.consumed ?? []), ...change.secret);
  }

  /**
   * Writes an outcome with which this agent is in the group no more: everything of its member goes, what was said stays. Within a turn.
   */
  async end(outcome: Omit<Outcome, 'step' | 'made'>): Promise<void> {
    const group = this.groupId;
    const keys = this.#member === undefined ? [] : await this.#signatureKeys(this.#member);
    const { put = [], drop = [], dropKeys = [] } = outcome.change ?? {};
    const gone = [...stateParts, queuePrefix, wishPart].map((part) => ({ group, part }));
    const whole = { put, drop: [...gone, ...drop], dropKeys: [...keys, ...dropKeys] };
    await this.keep({ ...outcome, change: whole, endsWish: true });
    this.#member = undefined;
    this.#pending = undefined;
    this.#leave = undefined;
    this.#wish = undefined;
    this.#outbox.clear();
    this.#queue.length = 0;
  }

  /** Writes an outcome that begins the group anew, in place of what is stored of an older member: nothing of that is used any more. Within a turn. */
  async replace(outcome: Outcome): Promise<void> {
    const former = this.#member;
    const group = this.groupId;
    const keys = former === undefined ? [] : await this.#signatureKeys(former);
    const { put = [], drop = [], dropKeys = [], putKeys = [] } = outcome.change ?? {};
    const gone = stateParts.map((part) => ({ group, part }));
    const wish = this.#pending?.memo ?? this.#wish;
    const wished = wish === undefined ? [] : [{ group, part: wishPart, bytes: wish }];
    const all = [...put, ...wished];
    const change = { put: all, drop: [...gone, ...drop], dropKeys: [...keys, ...dropKeys], putKeys };
    const consumed = former === undefined ? [] : endedSecrets(former.state);
    await this.keep({ ...outcome, change, consumed: [...consumed, ...(outcome.consumed ?? [])] });
    this.#pending = outcome.made?.pending;
    this.#wish = wish;
    this.#leave = undefined;
    this.#outbox.clear();
  }

  /** Writes an outcome that leaves this agent without a state, until it joins anew: what waits to go out stays. Within a turn. */
  async strip(outcome: Outcome): Promise<void> {
    await this.replace(outcome);
    this.#member = undefined;
  }

  async #signatureKeys({ state }: GroupMember): Promise<readonly string[]> {
    const leaf = leafAt(state.tree, state.ownLeaf);
    return leaf === undefined ? [] : [await signatureKeyId(this.#writing.subtle, leaf.signatureKey)];
  }

  /** What stays to be wanted: with a commit that is made it is stored, with one that is dropped it is left. */
  #wishAfter({ step, made, endsWish = false }: Outcome): Bytes | undefined {
    const memo = this.#pending?.memo;
    if (made?.pending?.memo !== undefined) return undefined;
    // What is made by itself ends no wish that waits behind it.
    if (endsWish) return this.#pending === undefined || memo !== undefined ? undefined : this.#wish;
    return step?.changed.pending === 'gone' ? (memo ?? this.#wish) : this.#wish;
  }

  async #changeOf(
    { step, made, change = {}, talk = [], standing }: Outcome,
    next: Standing,
    wish: Bytes | undefined,
  ): Promise<{ readonly all: PlainChange; readonly secret: readonly Bytes[] }> {
    const group = this.groupId;
    const { subtle } = this.#writing;
    const stepped = step === undefined ? nothing : await storedStep(subtle, step);
    const own = await this.#madeRows(made);
    const rows = [...stepped.put, ...own.put];
    const talked = talk.flatMap(({ put }) => put);
    const gone = [...stepped.drop, ...talk.flatMap(({ drop }) => drop)];
    const isNew = wish !== undefined && wish !== this.#wish;
    if (wish === undefined && this.#wish !== undefined) gone.push(wishPart);
    const all: PlainChange = {
      put: [
        ...(isNew ? [{ group, part: wishPart, bytes: wish }] : []),
        ...[...rows, ...talked].map((row) => ({ group, ...row })),
        ...(standing === undefined ? [] : [standingRow(next)]),
        ...(change.put ?? []),
      ],
      drop: [...gone.map((part) => ({ group, part })), ...(change.drop ?? [])],
      putKeys: [...own.putKeys, ...(change.putKeys ?? [])],
      // A last-resort KeyPackage is for more than one group.
      dropKeys: [...stepped.dropKeys, ...(change.dropKeys ?? [])].filter(
        (keyId) => !this.#writing.isKeyUsedBeside(group, keyId),
      ),
    };
    return { all, secret: rows.map(({ bytes }) => bytes) };
  }

  async #madeRows(
    made: Outcome['made'] = {},
  ): Promise<{ readonly put: readonly PlainPart[]; readonly putKeys: readonly GroupKey[] }> {
    const { pending, leave, message } = made;
    const stored = pending === undefined ? undefined : await storedPending(this.#writing.subtle, pending);
    const put = [
      ...(stored === undefined ? [] : [{ part: stored.part, bytes: stored.bytes }]),
      ...(leave === undefined ? [] : [storedLeave(leave)]),
      ...(message === undefined ? [] : [storedMessage(message)]),
    ];
    return { put, putKeys: stored?.putKeys ?? [] };
  }

  #took(made: Outcome['made'], logged: string | undefined, change: Outcome['change']): void {
    if (made?.pending !== undefined) this.#pending = made.pending;
    if (made?.leave !== undefined) this.#leave = made.leave;
    if (made?.message !== undefined) this.#outbox.set(made.message.hash, made.message);
    const dropped = new Set(change?.drop?.filter(({ group }) => group === this.groupId).map(({ part }) => part));
    const isOver = ({ entry: { entryId } }: OwnMessage | OwnLeave) =>
      entryId === logged || dropped.has(outboxPart(entryId));
    for (const [hash, message] of this.#outbox) if (isOver(message)) this.#outbox.delete(hash);
    if (this.#leave !== undefined && isOver(this.#leave)) this.#leave = undefined;
    for (const { part } of change?.put ?? []) {
      if (part.startsWith('queue/')) this.#queue.push(queuedIn(part));
    }
    for (const part of dropped) {
      const at = this.#queue.findIndex((one) => one.part === part);
      if (at !== -1) this.#queue.splice(at, 1);
    }
  }
}

/** Everything that is stored of a member. */
const stateParts: readonly string[] = Object.values(parts);

const nothing = { put: [], drop: [], dropKeys: [] } as const;

function queuedIn(part: string): QueuedPayload {
  return { part, messageId: part.slice(part.indexOf('-') + 1) };
}

/** Gives each talk the exchanges that are its own, as they were kept. */
function tellKept(talk: readonly TalkStep[], kept: Awaited<ReturnType<History['keepStep']>>): void {
  let from = 0;
  for (const { exchanges, kept: tell } of talk) {
    tell(kept.slice(from, from + exchanges.length));
    from += exchanges.length;
  }
}
