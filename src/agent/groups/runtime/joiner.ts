import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { Joiner, Joining } from '../invitations/invitations.ts';
import type { KeyPackages } from '../key-packages/key-packages.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { epochBegins, staleEpochs } from '../state/epochs.ts';
import { eventOf, eventsRow } from '../state/events.ts';
import type { Standing } from '../state/standing.ts';
import type { GroupStarter } from './group-starter.ts';
import type { GroupTable } from './group-table.ts';

/** What groups are joined with. */
export interface GroupJoinerDeps {
  readonly keyPackages: Pick<KeyPackages, 'joined'>;
  readonly rows: Pick<GroupRows, 'read' | 'all'>;
  readonly subtle: Subtle;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Joins groups by Welcomes that have passed their checks, each in one transaction. */
export class GroupJoiner implements Joiner {
  readonly #deps: GroupJoinerDeps;
  readonly #table: GroupTable;
  readonly #starter: GroupStarter;

  constructor(deps: GroupJoinerDeps, table: GroupTable, starter: GroupStarter) {
    this.#deps = deps;
    this.#table = table;
    this.#starter = starter;
  }

  standing(groupId: string): ReturnType<Joiner['standing']> {
    const runtime = this.#table.get(groupId);
    if (runtime === undefined) return 'none';
    const { status } = runtime.group.standing;
    if (status === 'stranded') return 'stranded';
    return status === 'left' || status === 'removed' ? 'over' : 'member';
  }

  directGroupsWith(peerId: string): number {
    const standings = this.#table.all().map(({ group }) => group.standing);
    return standings.filter(
      ({ groupId, kind, members }) =>
        kind === 'direct' && members.includes(peerId) && this.standing(groupId) !== 'over',
    ).length;
  }

  async readOn(groupId: string): Promise<void> {
    const runtime = this.#table.get(groupId);
    runtime?.wake();
    await runtime?.settled();
  }

  async join({ groupId, opened, step, schedule, own, change: given }: Joining): Promise<GroupView> {
    const members = opened.members.map(({ agentId }) => agentId);
    const epoch = Number(step.member.state.context.epoch);
    const event = eventOf(groupId, opened.received.entry, epoch, opened.inviter, { kind: 'joined' });
    const standing: Standing = {
      groupId,
      status: 'member',
      kind: opened.descriptor.kind,
      name: opened.descriptor.name,
      createdAt: opened.descriptor.createdAt * 1_000,
      members,
      isLastResort: own.isLastResort,
      isLeaving: false,
      goesOnForked: false,
      diverged: [],
      fork: null,
      stranding: null,
      trafficAt: this.#deps.now(),
    };
    const { rows } = this.#deps;
    const shown = await epochBegins(this.#deps, { member: step.member, by: opened.inviter, schedule });
    const stale = await staleEpochs(rows, groupId);
    const runtime = await this.#starter.begin(standing, {
      step,
      change: {
        ...given,
        put: [...given.put, ...eventsRow([event]), ...shown.change.put],
        drop: [...given.drop, ...stale, ...shown.change.drop],
      },
      events: [
        { type: 'group_event', event },
        { type: 'epoch', epoch: shown.view },
      ],
    });
    this.#deps.keyPackages.joined(own);
    return runtime.view();
  }
}
