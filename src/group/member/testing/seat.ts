import { wipe } from '../../../mls/bytes.ts';
import type { KeyPackageSecrets } from '../../../mls/group/own-key-package.ts';
import type { LeafIndex } from '../../../mls/indices.ts';
import type { KeyPackage } from '../../../mls/structures/key-package.ts';
import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import type { CredentialClaims } from '../../credential/credential.ts';
import { createGroupKeyPackage, groupIdentity } from '../../credential/key-package.ts';
import { membersIn } from '../../credential/members.ts';
import type { Descriptor } from '../../descriptor/descriptor.ts';
import type { LogEntry } from '../../log/entry.ts';
import { isMessageId } from '../../payload/message-id.ts';
import type { Unsent } from '../../payload/payload.ts';
import { groupSuite } from '../../profile/suite.ts';
import type { Evidence } from '../../rules/commit-change.ts';
import { judgeCommit } from '../../rules/judge-commit.ts';
import { loadHead, loadMember, loadOutbox, loadPending } from '../../storage/load.ts';
import { signatureKeyId, storedLeave, storedMessage, storedPending, storedStep } from '../../storage/stored-step.ts';
import { day, type GroupAgent, type GroupWorld, random } from '../../testing/group-world.ts';
import { applyCommitEntry } from '../apply-commit-entry.ts';
import { createCommitEntry } from '../create-commit-entry.ts';
import { createFirstEntry } from '../create-first-entry.ts';
import { createLeavingEntry, createMessageEntry } from '../create-message-entry.ts';
import type { GroupMember, MemberStep } from '../group-member.ts';
import type { CommitPlan, NewIdentity } from '../intents.ts';
import { joinFromWelcome, openWelcome } from '../join.ts';
import { openEntry } from '../open-entry.ts';
import { dropPendingCommit } from '../open-own.ts';
import type { AppliedEntry, OpenedEntry } from '../opened-entry.ts';
import type { OwnEntries, OwnLeave, OwnMessage, PendingCommit } from '../own-entries.ts';
import type { StoredRows } from './stored-rows.ts';
import type { TestLog } from './test-log.ts';

const { subtle } = crypto;
const tools = { subtle, random };

/** What an entry was for a member in the end. */
export type Outcome = Exclude<OpenedEntry, { readonly type: 'commit' }> | AppliedEntry;

/** One agent's place in one group: it stores every step, and goes on with it. All that is consumed is wiped at once. */
export class Seat {
  readonly agent: GroupAgent;
  readonly rows: StoredRows;
  readonly #world: GroupWorld;
  readonly #log: TestLog;
  readonly #kept: { readonly keyPackage: KeyPackage; readonly secrets: KeyPackageSecrets }[] = [];
  readonly #waiting = new Map<string, NonNullable<ReturnType<OwnEntries['find']>>>();
  #member: GroupMember | undefined;
  #pending: PendingCommit | undefined;
  /** Members that a commit said were revoked, and that the list has. */
  revokedSince: (serial: string) => number | undefined = () => undefined;

  constructor(
    agent: GroupAgent,
    places: { readonly world: GroupWorld; readonly log: TestLog; readonly rows: StoredRows },
  ) {
    this.agent = agent;
    this.rows = places.rows;
    this.#world = places.world;
    this.#log = places.log;
  }

  get member(): GroupMember {
    if (this.#member === undefined) throw new Error(`${this.agent.agentId} is in no group.`);
    return this.#member;
  }

  get isIn(): boolean {
    return this.#member !== undefined;
  }

  get pending(): PendingCommit | undefined {
    return this.#pending;
  }

  get leaves(): ReadonlyMap<string, LeafIndex> {
    return new Map(membersIn(this.member.state.tree).map(({ agentId, leaf }) => [agentId, leaf]));
  }

  leafOf(agentId: string): LeafIndex {
    const leaf = this.leaves.get(agentId);
    if (leaf === undefined) throw new Error(`${agentId} is not in the group of ${this.agent.agentId}.`);
    return leaf;
  }

  #claims(change: Partial<CredentialClaims> = {}): CredentialClaims {
    const notBefore = this.#log.at;
    return this.agent.claims({ notBefore, notAfter: notBefore + 20 * day, ...change });
  }

  /** Makes the group of the log. */
  async create(descriptor: Descriptor, add: readonly KeyPackage[]): Promise<void> {
    const signature = await (await groupSuite()).signature.generateKeyPair();
    const identity = await groupIdentity(this.#claims(), signature, this.agent.sign);
    const { groupId } = this.#log;
    const group = { groupId, selfId: this.agent.agentId, identity, descriptor };
    const created = await createFirstEntry(tools, group, { add });
    const keys = [{ id: await signatureKeyId(subtle, signature.publicKey), key: signature.privateKey }];
    await this.#keepPending(created.step, created.pending, keys);
    await this.append();
  }

  /** Makes a KeyPackage and keeps what belongs to it. */
  async keyPackage(change?: Partial<CredentialClaims>): Promise<KeyPackage> {
    const { keyPackage, secrets } = await createGroupKeyPackage(this.#claims(change), this.agent.sign, random);
    this.#kept.push({ keyPackage, secrets });
    return keyPackage;
  }

  async newIdentity(change?: Partial<CredentialClaims>): Promise<NewIdentity> {
    const signature = await (await groupSuite()).signature.generateKeyPair();
    const { credential } = await groupIdentity(this.#claims(change), signature, this.agent.sign);
    if (credential.type !== 'basic') throw new Error('A credential of a group is basic.');
    return { signature, credential: credential.identity };
  }

  /** Joins by the newest Welcome for this agent. */
  async join(isRejoin = false): Promise<void> {
    const { agentId } = this.agent;
    const item = this.#log.welcomes.findLast(({ to }) => to === agentId);
    const entry = item === undefined ? undefined : this.#log.entries[item.index];
    const own = this.#kept.pop();
    if (item === undefined || entry === undefined || own === undefined) throw new Error('There is nothing to join by.');
    const { groupId } = this.#log;
    const received = { message: item.message, ...own, selfId: agentId, entry, groupId, isRejoin };
    const opened = await openWelcome(received);
    const joining = await joinFromWelcome(subtle, opened, this.#log.headBefore(entry.index), this.#world.evidence);
    if (!('type' in joining)) throw new Error(`The Welcome is refused: ${JSON.stringify(joining)}.`);
    const id = await signatureKeyId(subtle, own.keyPackage.leafNode.signatureKey);
    this.rows.rows.clear();
    this.#waiting.clear();
    this.#pending = undefined;
    await this.#keep(joining.step, [], [{ id, key: own.secrets.signatureKey }]);
  }

  /** Loses everything but its keys, as an agent that is restored from a backup. */
  forget(): void {
    this.rows.rows.clear();
    this.#member = undefined;
    this.#pending = undefined;
    this.#waiting.clear();
  }

  /** Forgets what is in memory and goes on with what is stored. */
  async restart(): Promise<void> {
    this.#member = await loadMember(subtle, this.#log.groupId, this.rows);
    this.#pending = await loadPending(this.rows);
    this.#waiting.clear();
    if (this.#pending !== undefined) this.#waiting.set(this.#pending.hash, { kind: 'commit', commit: this.#pending });
    for await (const record of loadOutbox(this.rows)) {
      this.#waiting.set(record.kind === 'message' ? record.message.hash : record.leave.hash, record);
    }
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Reads one entry, stores what it led to and goes on with it. */
  async read(entry: LogEntry): Promise<Outcome> {
    const outcome = await this.look(entry);
    if (outcome.type === 'removed') {
      this.forget();
      wipe(outcome.consumed);
      return outcome;
    }
    await this.#keep(outcome.step);
    const { step } = outcome;
    if (step.changed.pending === 'gone') this.#forgetPending();
    const sent = outcome.type === 'own_message' || outcome.type === 'skipped' || outcome.type === 'leaving';
    if (sent && step.changed.outbox !== undefined) this.#forgetWaiting(step.changed.outbox);
    return outcome;
  }

  /** Opens one entry and judges it, and stores nothing: what a crash leaves. */
  async look(entry: LogEntry): Promise<Outcome> {
    const headAt = (index: number) => loadHead(this.rows, index);
    const opened = await openEntry({ subtle, headAt }, this.member, entry, { find: (hash) => this.#waiting.get(hash) });
    if (opened.type !== 'commit') return opened;
    const { revokedSince } = this;
    const evidence: Evidence = { ...this.#world.evidence, at: entry.at, revocations: { revokedSince, isFinal: true } };
    const verdict = await judgeCommit(opened.staged, evidence);
    if ('needs' in verdict) throw new Error(`The verdict needs ${verdict.needs}.`);
    return applyCommitEntry(opened, verdict, this.#pending);
  }

  /** Reads to the end of the log. */
  async catchUp(): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    while (this.isIn) {
      const entry = this.#log.entries[this.member.next];
      if (entry === undefined) break;
      outcomes.push(await this.read(entry));
    }
    return outcomes;
  }

  /** Encrypts something and appends it. False when a newer commit is there. */
  async say(text: string, attachment?: Bytes): Promise<boolean> {
    const messageId = toHex(random(16));
    if (!isMessageId(messageId)) throw new Error('The message_id is none.');
    const unsent: Unsent = { type: 'GROUP_MESSAGE', messageId, sentAt: this.#log.at, content: text };
    const own = await this.encrypt(unsent, attachment);
    return this.#log.append(this.agent.agentId, own.entry);
  }

  /** Encrypts something and stores it, as before it is appended. */
  async encrypt(unsent: Unsent, attachment?: Bytes): Promise<OwnMessage> {
    const { own, step } = await createMessageEntry(tools, this.member, unsent, attachment);
    await this.#keep(step, [storedMessage(own)]);
    this.#waiting.set(own.hash, { kind: 'message', message: own });
    return own;
  }

  /** Proposes to leave. */
  async leave(): Promise<OwnLeave> {
    const { own, step } = await createLeavingEntry(tools, this.member);
    await this.#keep(step, [storedLeave(own)]);
    this.#waiting.set(own.hash, { kind: 'leave', leave: own });
    await this.#log.append(this.agent.agentId, own.entry);
    return own;
  }

  /** Makes a commit and stores it, as before it is appended. */
  async prepare(plan: CommitPlan): Promise<PendingCommit> {
    const { pending, step } = await createCommitEntry(tools, this.member, plan);
    await this.#keepPending(step, pending);
    return pending;
  }

  /** Appends the commit that waits. On 409 it is dropped. */
  async append(): Promise<boolean> {
    const pending = this.#pending;
    if (pending === undefined) throw new Error('No commit waits.');
    if (await this.#log.append(this.agent.agentId, pending.entry)) return true;
    await this.drop();
    return false;
  }

  /** Drops the commit that waits. */
  async drop(): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) return;
    await this.#keep(dropPendingCommit(this.member, pending));
    this.#forgetPending();
  }

  async commit(plan: CommitPlan): Promise<boolean> {
    await this.prepare(plan);
    return this.append();
  }

  #forgetPending(): void {
    if (this.#pending !== undefined) this.#waiting.delete(this.#pending.hash);
    this.#pending = undefined;
  }

  #forgetWaiting(entryId: string): void {
    for (const [hash, own] of this.#waiting) {
      const entry = own.kind === 'message' ? own.message.entry : own.kind === 'leave' ? own.leave.entry : undefined;
      if (entry?.entryId === entryId) this.#waiting.delete(hash);
    }
  }

  async #keepPending(
    step: MemberStep,
    pending: PendingCommit,
    keys: readonly { readonly id: string; readonly key: CryptoKey }[] = [],
  ): Promise<void> {
    const { putKeys, ...row } = await storedPending(subtle, pending);
    await this.#keep(step, [row], [...keys, ...putKeys]);
    this.#pending = pending;
    this.#waiting.set(pending.hash, { kind: 'commit', commit: pending });
  }

  async #keep(
    step: MemberStep,
    more: readonly { readonly part: string; readonly bytes: Bytes }[] = [],
    keys: readonly { readonly id: string; readonly key: CryptoKey }[] = [],
  ): Promise<void> {
    const stored = await storedStep(subtle, step);
    this.rows.write({ ...stored, put: [...stored.put, ...more] }, keys);
    this.#member = step.member;
    wipe(step.consumed);
  }
}
