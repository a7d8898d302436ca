import { membersIn } from '../../../group/credential/members.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { queuedRow, readQueuePart } from '../state/queued-payload.ts';
import type { OutgoingTalk, TalkGroup, TalkPort, TalkStep } from '../talk/ports.ts';
import type { GroupRuntime } from './group-runtime.ts';
import type { GroupTable } from './group-table.ts';

/** What talk reaches its groups by. */
export class GroupsForTalk implements TalkPort {
  readonly #table: GroupTable;
  readonly #rows: Pick<GroupRows, 'read' | 'all'>;
  readonly #selfId: string;

  constructor(selfId: string, table: GroupTable, rows: Pick<GroupRows, 'read' | 'all'>) {
    this.#selfId = selfId;
    this.#table = table;
    this.#rows = rows;
  }

  group(groupId: string): TalkGroup | undefined {
    const runtime = this.#table.get(groupId);
    if (runtime === undefined) return undefined;
    const { standing, member } = runtime.group;
    const { kind } = standing;
    const inTree = member === undefined ? standing.members : membersIn(member.state.tree).map(({ agentId }) => agentId);
    const others = (kind === 'direct' ? standing.members : inTree).filter((agentId) => agentId !== this.#selfId);
    const [peerId] = others;
    const isMember = member !== undefined && !standing.isLeaving;
    return { groupId, kind, ...(kind === 'direct' && peerId !== undefined ? { peerId } : {}), others, isMember };
  }

  async standingOf(groupId: string, agentId: string): ReturnType<TalkPort['standingOf']> {
    const runtime = this.#table.get(groupId);
    if (runtime?.group.standing.diverged?.includes(agentId) === true) return 'diverged';
    const trust = (await runtime?.lookAtTrusts(agentId)) ?? 'revoked';
    return trust === 'trusted' || trust === 'waiting' ? trust : 'not_trusted';
  }

  async send(
    groupId: string,
    make: () => Promise<OutgoingTalk | undefined>,
    { waits }: { readonly waits: boolean } = { waits: false },
  ): Promise<void> {
    const runtime = this.#table.require(groupId);
    await runtime.group.turns.take(async () => {
      // A mark on a key may be another since.
      if (runtime.refusal()?.code === 'member_not_trusted') await runtime.lookAtTrusts();
      const refusal = runtime.refusal();
      if (refusal !== undefined && !(waits && runtime.group.member !== undefined)) throw refusal;
      const outgoing = await make();
      if (outgoing !== undefined) await this.#queue(runtime, outgoing);
    });
    runtime.show();
    runtime.wake();
  }

  async #queue({ group }: GroupRuntime, outgoing: OutgoingTalk): Promise<void> {
    const last = group.queue.at(-1);
    const { part, bytes } = queuedRow(last === undefined ? 0 : readQueuePart(last.part).number + 1, outgoing);
    const put = [{ group: group.groupId, part, bytes }];
    await group.keep({ talk: [outgoing.step], change: { put, drop: [] } });
  }

  async keep(groupId: string, make: () => Promise<TalkStep | undefined>): Promise<void> {
    const { group } = this.#table.require(groupId);
    await group.turns.take(async () => {
      const step = await make();
      if (step !== undefined) await group.keep({ talk: [step] });
    });
  }

  row(groupId: string, part: string) {
    return this.#rows.read(groupId, part);
  }

  rows(groupId: string, prefix: string) {
    return this.#rows.all(groupId, prefix);
  }

  changed(groupId: string): void {
    this.#table.get(groupId)?.show();
  }
}
