import { GroupError } from '../../../group/codes.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { joinFromWelcome, openWelcome, type ReceivedWelcome } from '../../../group/member/join.ts';
import { MlsError } from '../../../mls/errors.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Joiner, Joining } from '../invitations/invitations.ts';
import type { KeyPackages } from '../key-packages/key-packages.ts';
import { eventOf, eventsRow } from '../state/events.ts';
import type { Standing } from '../state/standing.ts';
import type { GroupStarter } from './group-starter.ts';
import type { GroupTable } from './group-table.ts';

/** What groups are joined with. */
export interface GroupJoinerDeps {
  readonly selfId: string;
  readonly subtle: Subtle;
  readonly evidence: Evidence;
  /** DER of every CA that was ever pinned here. */
  readonly authorities: readonly Bytes[];
  readonly keyPackages: Pick<KeyPackages, 'joined'>;
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

  async join(joining: Joining): Promise<GroupView> {
    const { groupId, entry, own } = joining;
    const opened = await this.#open(joining);
    const joined = await this.#judged(joining, opened);
    const members = opened.members.map(({ agentId }) => agentId);
    const epoch = Number(joined.step.member.state.context.epoch);
    const event = eventOf(groupId, entry, epoch, opened.inviter, { kind: 'joined' });
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
      trafficAt: this.#deps.now(),
    };
    const { put, ...change } = joining.change;
    const runtime = await this.#starter.begin(standing, {
      step: joined.step,
      change: { ...change, put: [...put, ...eventsRow([event])] },
      events: [{ type: 'group_event', event }],
    });
    this.#deps.keyPackages.joined(own);
    return runtime.view();
  }

  async #open({ groupId, welcome, own, entry }: Joining) {
    if (!isGroupId(groupId)) throw new ParleyError('unknown_group', 'There is no group of this id.');
    const received: ReceivedWelcome = {
      message: welcome,
      keyPackage: own.keyPackage,
      // The keeper wipes its own once the transaction is durable.
      secrets: {
        ...own.secrets,
        initSecret: own.secrets.initSecret.slice(),
        leafSecret: own.secrets.leafSecret.slice(),
      },
      selfId: this.#deps.selfId,
      entry,
      groupId,
      isRejoin: own.rejoins === groupId,
    };
    return openWelcome(received).catch(refused);
  }

  async #judged({ before, entry }: Joining, opened: Awaited<ReturnType<typeof openWelcome>>) {
    const { evidence, authorities, subtle } = this.#deps;
    let certificates: ReadonlyMap<string, Bytes | 'unknown'> = new Map();
    for (;;) {
      const joining = await joinFromWelcome(subtle, opened, before, { authorities, certificates });
      if ('type' in joining) return joining;
      if (!('needs' in joining)) throw notWell(joining.code);
      const found = await evidence.certificates(joining.missing, entry.at);
      if (found.kind === 'waits') throw found.why;
      certificates = new Map([...certificates, ...found.value]);
    }
  }
}

function refused(cause: unknown): never {
  if (cause instanceof GroupError || cause instanceof MlsError) throw notWell(cause.code, cause);
  throw cause;
}

function notWell(code: string, cause?: unknown): ParleyError {
  const detail = `The invitation does not fit its group (${code}). Nothing was joined. Ask to be invited again.`;
  return new ParleyError('malformed_message', detail, { cause });
}
