import { Chance } from '../../../mls/testing/chance.ts';
import { toHex } from '../../../protocol/bytes.ts';
import { membersIn } from '../../credential/members.ts';
import { adminsOf } from '../../descriptor/admins.ts';
import { descriptorIn } from '../../profile/group-context.ts';
import { type GroupWorld, now, random } from '../../testing/group-world.ts';
import { groupAuthenticator } from '../authenticator.ts';
import type { CommitPlan } from '../intents.ts';
import { type Outcome, Seat } from './seat.ts';
import { StoredRows } from './stored-rows.ts';
import { TestLog } from './test-log.ts';

/** What a history was, in numbers. */
export interface HistorySummary {
  readonly epochs: number;
  readonly skipped: number;
  readonly conflicts: number;
  readonly rejoins: number;
  readonly messages: number;
  readonly restarts: number;
}

const names = ['anna', 'bert', 'carl', 'dora', 'emil', 'frida', 'gerd'];

/** A group over time: every member reads the same log, each at its own pace, and all find the same in it. */
export class History {
  readonly chance: Chance;
  readonly log: TestLog;
  readonly summary = { epochs: 0, skipped: 0, conflicts: 0, rejoins: 0, messages: 0, restarts: 0 };
  readonly #world: GroupWorld;
  readonly #seats = new Map<string, Seat>();
  /** By index: what the commit there was for whoever read it. */
  readonly #found = new Map<number, string>();
  readonly #authenticators = new Map<string, string>();

  private constructor(world: GroupWorld, chance: Chance, log: TestLog) {
    this.#world = world;
    this.chance = chance;
    this.log = log;
  }

  static async begin(world: GroupWorld, seed: number): Promise<History> {
    const log = await TestLog.create(toHex(random(16)), now + 1_000);
    const history = new History(world, new Chance(seed), log);
    const [first, ...others] = names;
    const creator = await history.#seat(first ?? '');
    const joiners = await Promise.all(others.slice(0, 1 + history.chance.below(3)).map((name) => history.#seat(name)));
    const add = await Promise.all(joiners.map((seat) => seat.keyPackage()));
    const admins = [first ?? ''];
    await creator.create({ kind: 'group', name: 'Family', admins, createdAt: log.at }, add);
    for (const seat of joiners) await seat.join();
    await history.catchUp(creator);
    return history;
  }

  async #seat(name: string): Promise<Seat> {
    const known = this.#seats.get(name);
    if (known !== undefined) return known;
    const agent = await this.#world.agent(name);
    const seat = new Seat(agent, { world: this.#world, log: this.log, rows: new StoredRows() });
    this.#seats.set(name, seat);
    return seat;
  }

  /** Those that are in the group and can read it. */
  get seats(): readonly Seat[] {
    return [...this.#seats.values()].filter(({ isIn }) => isIn);
  }

  /** One thing that happens, of all that can. */
  async step(): Promise<void> {
    const author = this.chance.pick(this.seats);
    await this.catchUp(author);
    if (!author.isIn) return;
    await this.chance.pick(this.#deeds)(author);
    for (const seat of this.seats) if (this.chance.percent(30)) await this.catchUp(seat);
  }

  readonly #deeds: readonly ((author: Seat) => Promise<unknown>)[] = [
    (author) => this.#speak(author),
    (author) => this.#speak(author),
    (author) => this.#add(author),
    (author) => this.#remove(author),
    (author) => this.#leave(author),
    (author) => this.#describe(author),
    async (author) => this.#commit(author, {}),
    async (author) => this.#commit(author, { newIdentity: await author.newIdentity() }),
    (author) => this.#race(author),
    (author) => this.#rejoin(author),
    (author) => this.#notPermitted(author),
    (author) => this.#disturb(author),
  ];

  async #speak(author: Seat): Promise<void> {
    this.summary.messages++;
    if (!(await author.say(`word ${this.summary.messages}`)))
      throw new Error('A message was refused without a commit.');
  }

  async #commit(author: Seat, plan: CommitPlan): Promise<boolean> {
    const done = await author.commit(plan);
    await this.#perhapsRestart(author);
    if (!done) this.summary.conflicts++;
    return done;
  }

  async #admin(): Promise<Seat | undefined> {
    for (const seat of this.seats) {
      await this.catchUp(seat);
      if (seat.isIn && isAdmin(seat)) return seat;
    }
    return undefined;
  }

  async #add(author: Seat): Promise<void> {
    const present = author.leaves;
    const absent = names.filter((name) => !present.has(name));
    const admin = await this.#admin();
    if (absent.length === 0 || admin === undefined) return;
    const joiner = await this.#seat(this.chance.pick(absent));
    joiner.forget();
    await this.#commit(admin, { add: [await joiner.keyPackage()] });
    await joiner.join();
  }

  async #remove(author: Seat): Promise<void> {
    const admin = await this.#admin();
    if (admin === undefined) return;
    const others = [...admin.leaves.keys()].filter(
      (name) => name !== admin.agent.agentId && name !== author.agent.agentId,
    );
    if (others.length === 0) return;
    const gone = this.chance.pick(others);
    await this.#commit(admin, { remove: [admin.leafOf(gone)] });
  }

  async #leave(author: Seat): Promise<void> {
    if (this.seats.length < 3) return;
    await author.leave();
    await this.#perhapsRestart(author);
    if (this.chance.percent(30)) await author.leave();
    const other = this.seats.find((seat) => seat !== author);
    if (other === undefined || this.chance.percent(20)) return;
    await this.catchUp(other);
    if (other.isIn) await this.#commit(other, {});
  }

  async #describe(author: Seat): Promise<void> {
    const admin = (await this.#admin()) ?? author;
    const members = [...admin.leaves.keys()].toSorted();
    const admins = members.filter((name) => name === admin.agent.agentId || this.chance.percent(30));
    const { createdAt } = descriptorOf(admin);
    const name = `Family ${this.log.entries.length}`;
    // Not beside the Remove of its admin: the new admins are members after the commit.
    if (admin.member.state.proposals.length > 0) return;
    await this.#commit(admin, { descriptor: { kind: 'group', name, admins, createdAt } });
  }

  /** Two members commit after the same entry: the service takes one, or, when it is no honest one, both. */
  async #race(author: Seat): Promise<void> {
    const rival = this.chance.pick(this.seats);
    if (rival === author) return;
    await this.catchUp(rival);
    if (!rival.isIn || !author.isIn || rival.member.next !== author.member.next) return;
    const [first, second] = [await author.prepare({}), await rival.prepare({})];
    await this.#perhapsRestart(author);
    if (this.chance.percent(50)) {
      await this.log.place(author.agent.agentId, first.entry);
      await this.log.place(rival.agent.agentId, second.entry);
      return;
    }
    if (!(await author.append())) throw new Error('The first commit was refused.');
    if (await rival.append()) throw new Error('The second commit was taken.');
    this.summary.conflicts++;
    await this.catchUp(rival);
    if (rival.isIn) await this.#commit(rival, {});
  }

  /** A member loses its state and is taken in again by another. */
  async #rejoin(author: Seat): Promise<void> {
    const others = this.seats.filter((seat) => seat !== author);
    const lost = others.length === 0 ? undefined : this.chance.pick(others);
    if (lost === undefined) return;
    await this.catchUp(lost);
    if (!lost.isIn || !author.leaves.has(lost.agent.agentId)) return;
    lost.forget();
    this.log.wait(1);
    const keyPackage = await lost.keyPackage({ rejoins: this.log.groupId });
    const leaf = author.leafOf(lost.agent.agentId);
    await this.#commit(author, { rejoin: { leaf, keyPackage } });
    await lost.join(true);
    this.summary.rejoins++;
  }

  /** A commit that everybody skips, its maker among them. */
  async #notPermitted(author: Seat): Promise<void> {
    if (isAdmin(author)) return;
    const other = [...author.leaves.keys()].find((name) => name !== author.agent.agentId);
    if (other === undefined || author.member.state.proposals.length > 0) return;
    await this.#commit(author, { remove: [author.leafOf(other)] });
    const outcomes = await this.catchUp(author);
    const last = outcomes.at(-1);
    if (last?.type !== 'skipped' || last.code !== 'remove_not_permitted') throw new Error('A commit was not skipped.');
  }

  /** What a service that is not honest, or a member that sends rubbish, puts into the log. */
  async #disturb(author: Seat): Promise<void> {
    const { agentId } = author.agent;
    const pending = await author.prepare({});
    await author.drop();
    const { message } = pending.entry;
    const rubbish = message.map((byte, at) => (at === message.length - 1 ? byte ^ 1 : byte));
    const first = this.log.entries.find(({ kind }) => kind === 'message');
    const entries = [
      { kind: 'commit', message: rubbish },
      { kind: 'commit', message: random(40) },
      { kind: 'message', message },
      ...(first !== undefined && 'message' in first.content
        ? [{ kind: 'message', message: first.content.message } as const]
        : []),
    ] as const;
    await this.log.place(agentId, this.chance.pick(entries));
  }

  async #perhapsRestart(seat: Seat): Promise<void> {
    if (!this.chance.percent(40)) return;
    this.summary.restarts++;
    await seat.restart();
  }

  /** Reads to the end, restarting on the way: before a step is stored it is as if nothing had been read. */
  async catchUp(seat: Seat): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    while (seat.isIn) {
      const entry = this.log.entries[seat.member.next];
      if (entry === undefined) break;
      if (this.chance.percent(10)) {
        await seat.look(entry);
        await seat.restart();
        this.summary.restarts++;
      }
      const outcome = await seat.read(entry);
      outcomes.push(outcome);
      if (entry.kind === 'commit') this.#agree(entry.index, outcome);
      if (seat.isIn) await this.#checkEpoch(seat);
      await this.#perhapsRestart(seat);
    }
    return outcomes;
  }

  #agree(index: number, { type }: Outcome): void {
    const found = type === 'removed' ? 'next_epoch' : type;
    const known = this.#found.get(index);
    if (known === undefined) {
      if (found === 'next_epoch') this.summary.epochs++;
      if (found === 'skipped') this.summary.skipped++;
    }
    if (known !== undefined && known !== found)
      throw new Error(`The commit ${index} is ${found} for one, ${known} for another.`);
    this.#found.set(index, found);
  }

  async #checkEpoch({ member }: Seat): Promise<void> {
    const authenticator = toHex(await groupAuthenticator(crypto.subtle, member.state));
    const key = `${member.next} ${member.state.context.epoch}`;
    const known = this.#authenticators.get(key);
    if (known !== undefined && known !== authenticator)
      throw new Error(`Two members differ after entry ${member.next}.`);
    this.#authenticators.set(key, authenticator);
    const head = this.log.heads[member.next - 1];
    if (head !== undefined && toHex(head) !== toHex(member.head))
      throw new Error('A member has another head than the log.');
  }

  /** Lets everybody read to the end. */
  async settle(): Promise<HistorySummary> {
    for (const seat of this.seats) await this.catchUp(seat);
    const ends = new Set<string>();
    for (const { member } of this.seats) {
      const { state, next, lastCommit } = member;
      const authenticator = toHex(await groupAuthenticator(crypto.subtle, state));
      ends.add([state.context.epoch, next, lastCommit, toHex(member.head), authenticator].join(' '));
    }
    if (ends.size > 1) throw new Error('Two members differ at the end.');
    return this.summary;
  }
}

function descriptorOf({ member }: Seat) {
  return descriptorIn(member.state.context.extensions);
}

function isAdmin(seat: Seat): boolean {
  return adminsOf(descriptorOf(seat), membersIn(seat.member.state.tree)).includes(seat.agent.agentId);
}
