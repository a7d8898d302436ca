import type { LogEntry } from '../../../group/log/entry.ts';
import { nextHead } from '../../../group/log/head.ts';
import { applyCommitEntry } from '../../../group/member/apply-commit-entry.ts';
import { openEntry } from '../../../group/member/open-entry.ts';
import type { AppliedEntry, OpenedCommit, OpenedEntry } from '../../../group/member/opened-entry.ts';
import type { CommitChange } from '../../../group/rules/commit-change.ts';
import { loadHead } from '../../../group/storage/load.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupNote } from '../../audit/group-note.ts';
import type { AuditRecorder } from '../../audit/recorder.ts';
import type { MemberTrust } from '../../contracts/group-views.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import { type JudgeDeps, judge } from '../commits/judge.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import { epochBegins } from '../state/epochs.ts';
import { eventOf, eventsOfChange, eventsRow } from '../state/events.ts';
import type { Group } from '../state/group.ts';
import { lostTalk } from '../state/lost-talk.ts';
import type { Outcome } from '../state/outcome.ts';
import type { Waits } from '../state/progress.ts';
import type { Standing } from '../state/standing.ts';
import type { TakenMessage, TalkOfGroups } from '../talk/ports.ts';
import { LogPages } from './log-pages.ts';

/** Milliseconds after which it is asked again whether the sender of a message is trusted. */
const trustAgainMs = 5_000;
/** Milliseconds for which a message waits for that at most: it is shown apart then, so that nobody's message stops the log for good. */
const trustWaitsMs = 600_000;

/** What a log is read with. */
export interface LogReaderDeps extends JudgeDeps {
  readonly selfId: string;
  readonly service: Pick<DeliveryService, 'entries' | 'markRead'>;
  readonly talk: TalkOfGroups;
  readonly rows: Pick<GroupRows, 'read'>;
  readonly subtle: Subtle;
  readonly audit: Pick<AuditRecorder, 'groupEntry'>;
  /** Returns whether a member is trusted now: what one that is not sends is shown apart and not run. */
  trustNow(agentId: string): Promise<MemberTrust>;
  /** Hears of a member that has read another history; returns what of the group's standing changes with it. */
  diverged(agentId: string): Pick<Partial<Standing>, 'diverged' | 'goesOnForked'>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Makes what writes an entry into the audit trail. */
type Note = (known: Partial<GroupNote>) => Pick<Outcome, 'record'>;

/**
 * Reads a group's log on, entry by entry, each in its turn: what it leads to is stored in one transaction before the next is opened
 * (groups page, sections 4 and 5).
 */
export class LogReader {
  readonly #deps: LogReaderDeps;
  readonly #group: Group;
  readonly #pages: LogPages;
  #marked = -1;
  /** The message that waits until it is known whether its sender is trusted, and since when. */
  #waiting: { readonly index: number; readonly since: number } | undefined;

  constructor(deps: LogReaderDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
    this.#pages = new LogPages(deps, group);
  }

  /** Reads everything that the service has. Resolves with why it cannot go on, if so. Rejects with the codes of the service and the store. */
  async catchUp(): Promise<Waits | undefined> {
    const group = this.#group;
    for (;;) {
      const { member } = group;
      if (member === undefined) return undefined;
      const page = await this.#pages.next(member);
      if (page === undefined || 'again' in page) return page;
      for (const entry of page.entries) {
        const waits = await group.turns.take(() => this.#take(entry));
        if (waits !== undefined) return waits;
      }
      // A joiner gets notices only once it has read (groups page, section 4): what came just before that is looked for again.
      if (!(await this.#markRead()) && page.entries.length === 0) return undefined;
    }
  }

  /** Says how far this agent has read: it lets the service drop what everybody has. The next call says it again. True when it was news. */
  async #markRead(): Promise<boolean> {
    const { member } = this.#group;
    if (member === undefined) return true;
    const index = member.next - 1;
    // One that came back to an earlier log has to say so anew.
    if (index === this.#marked) return false;
    await this.#deps.service.markRead(this.#group.groupId, index);
    this.#marked = index;
    return true;
  }

  async #take(entry: LogEntry): Promise<Waits | undefined> {
    const { member } = this.#group;
    if (member === undefined || entry.index < member.next) return undefined;
    const { subtle, rows } = this.#deps;
    const { groupId } = this.#group;
    const kept = { read: (part: string) => rows.read(groupId, part) };
    const tools = { subtle, headAt: (index: number) => loadHead(kept, index) };
    const opened = await openEntry(tools, member, entry, this.#group.own);
    const note = this.#noteOf(entry, await nextHead(subtle, member.head, entry));
    if (opened.type === 'commit') return this.#takeCommit(opened, note);
    if (opened.type === 'message') return this.#takeMessage(entry, opened, note);
    const skipped = opened.type === 'skipped' ? { skipped: opened.code, by: opened.by } : {};
    const isTaken = opened.type !== 'stranded';
    await this.#group.keep({ ...(await this.#outcomeOf(entry, opened)), ...(isTaken ? note(skipped) : {}) });
    return undefined;
  }

  async #outcomeOf(entry: LogEntry, opened: Exclude<OpenedEntry, { type: 'commit' | 'message' }>): Promise<Outcome> {
    const { groupId } = this.#group;
    const { step } = opened;
    switch (opened.type) {
      case 'own_message': {
        const { messageId } = opened.own;
        const { index, at } = entry;
        const talk = [await this.#deps.talk.logged(groupId, { messageId, index, at })];
        const queued = this.#group.queue.filter((one) => one.messageId === messageId);
        const drop = queued.map(({ part }) => ({ group: groupId, part }));
        return { step, talk, change: { put: [], drop }, standing: { trafficAt: this.#deps.now() } };
      }
      case 'leaving': {
        const { member } = step;
        const epoch = Number(member.state.context.epoch);
        return { step, ...this.#told([eventOf(groupId, entry, epoch, opened.who, { kind: 'asked_to_leave' })]) };
      }
      case 'skipped': {
        const by = opened.by ?? entry.sender;
        return { step, ...(entry.kind === 'commit' ? this.#skipped(entry, by, opened.code) : {}) };
      }
      case 'stranded':
        return { step, standing: { status: 'stranded' } };
      default:
        return { step };
    }
  }

  /** Returns what writes an entry into the audit trail, with what is known of it. */
  #noteOf(entry: LogEntry, head: Bytes): Note {
    const { groupId } = this.#group;
    const epoch = Number(this.#group.member?.state.context.epoch ?? 0);
    return (known) => ({ record: () => this.#deps.audit.groupEntry({ groupId, entry, head, epoch, ...known }) });
  }

  async #takeMessage(
    entry: LogEntry,
    opened: Extract<OpenedEntry, { type: 'message' }>,
    note: Note,
  ): Promise<Waits | undefined> {
    const { sender, read, seen, step } = opened;
    const trust = await this.#deps.trustNow(sender);
    if (trust === 'waiting' && this.#mayWait(entry)) {
      return { again: this.#deps.now() + trustAgainMs, why: cannotAsk(sender) };
    }
    const standing = seen === 'differs' ? this.#deps.diverged(sender) : {};
    // Whoever reads another history is kept apart until a comparison agrees.
    const hasDiverged = seen === 'differs' || this.#group.standing.diverged?.includes(sender) === true;
    const isApart = hasDiverged || trust !== 'trusted';
    const { index, at } = entry;
    const message: TakenMessage = {
      index,
      at,
      sender,
      payload: read.payload,
      ...(read.attachment === undefined ? {} : { attachment: read.attachment }),
      ...(isApart ? { apart: hasDiverged ? 'diverged' : 'not_trusted' } : {}),
    };
    const talk = [await this.#deps.talk.take(this.#group.groupId, message)];
    await this.#group.keep({
      step,
      talk,
      ...note({ payload: read.payload }),
      standing: { ...standing, trafficAt: this.#deps.now() },
    });
    return undefined;
  }

  #mayWait({ index }: LogEntry): boolean {
    const now = this.#deps.now();
    // A clock that was set back begins anew.
    if (this.#waiting?.index !== index || now < this.#waiting.since) this.#waiting = { index, since: now };
    return now - this.#waiting.since < trustWaitsMs;
  }

  async #takeCommit(opened: OpenedCommit, note: Note): Promise<Waits | undefined> {
    const judged = await judge(this.#deps, opened.staged, opened.entry.at);
    if (judged.kind === 'waits') return judged;
    const applied = await applyCommitEntry(opened, judged.verdict, this.#group.pending);
    if (applied.type === 'removed') await this.#removed(opened.entry, applied, note);
    else if (applied.type === 'next_epoch') await this.#nextEpoch(opened, applied, note);
    else {
      const { step, by, code: skipped } = applied;
      await this.#group.keep({ step, ...note({ by, skipped }), ...this.#skipped(opened.entry, by, skipped) });
    }
    return undefined;
  }

  async #nextEpoch(
    { entry, staged }: OpenedCommit,
    applied: Extract<AppliedEntry, { type: 'next_epoch' }>,
    note: Note,
  ): Promise<void> {
    const { by, change, schedule, step } = applied;
    const group = this.#group;
    const { groupId } = group;
    const epoch = Number(step.member.state.context.epoch);
    const talked = hasNewMembers(change) ? await this.#deps.talk.membersChanged(groupId) : undefined;
    // What was made for the epoch before and is not in the log cannot get into it any more: it is encrypted again.
    const stale = group.outbox.map(({ entry: { entryId } }) => ({ group: groupId, part: `outbox/${entryId}` }));
    const told = this.#told(eventsOfChange(groupId, entry, epoch, change));
    const shown = await epochBegins(this.#deps, { member: step.member, by, schedule, commit: { staged, change } });
    await group.keep({
      step,
      ...note({ epoch, change }),
      ...(talked === undefined ? {} : { talk: [talked] }),
      change: { put: [...told.change.put, ...shown.change.put], drop: [...stale, ...shown.change.drop] },
      events: [...told.events, { type: 'epoch', epoch: shown.view }],
      standing: standingAfter(change, applied.isOwn && change.updated),
      endsWish: applied.isOwn,
    });
  }

  async #removed(entry: LogEntry, applied: Extract<AppliedEntry, { type: 'removed' }>, note: Note): Promise<void> {
    const group = this.#group;
    const { groupId } = group;
    const { change } = applied;
    const epoch = Number(group.member?.state.context.epoch ?? 0) + 1;
    const told = { ...note({ epoch, change }), ...this.#told(eventsOfChange(groupId, entry, epoch, change)) };
    const { consumed } = applied;
    const standing = standingAfter(change, false);
    if (change.rejoined.includes(this.#deps.selfId)) {
      // It has asked for that: the Welcome that is in its inbox brings it the state.
      const stranding = { kind: 'taken_in' } as const;
      return group.strip({ ...told, standing: { ...standing, status: 'stranded', stranding }, consumed });
    }
    const status = change.left.includes(this.#deps.selfId) ? 'left' : 'removed';
    const lost = await lostTalk(this.#deps.talk, group, status);
    await group.end({ talk: lost, ...told, standing: { ...standing, status }, consumed });
  }

  #skipped(entry: LogEntry, by: string, code: string) {
    const epoch = Number(this.#group.member?.state.context.epoch ?? 0) + 1;
    return this.#told([eventOf(this.#group.groupId, entry, epoch, by, { kind: 'skipped', code })]);
  }

  #told(views: Parameters<typeof eventsRow>[0]) {
    const events = views.map((event): AgentEvent => ({ type: 'group_event', event }));
    return { events, change: { put: eventsRow(views), drop: [] } };
  }
}

function cannotAsk(sender: string): ParleyError {
  const detail = `Whether ${sender} is trusted cannot be asked. Its message is read once that is known.`;
  return new ParleyError('revocation_status_unknown', detail);
}

function hasNewMembers({ added, removed, left, rejoined }: CommitChange): boolean {
  return added.length + removed.length + left.length + rejoined.length > 0;
}

function standingAfter({ descriptor, members }: CommitChange, isRenewed: boolean): NonNullable<Outcome['standing']> {
  return {
    status: 'member',
    name: descriptor.name,
    members: members.map(({ agentId }) => agentId),
    ...(isRenewed ? { isLastResort: false } : {}),
  };
}
