import * as v from 'valibot';
import { isGroupName } from '../../../group/descriptor/descriptor.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { PlainChange } from '../rows/group-rows.ts';
import { decodeJsonRow, encodeJsonRow } from '../rows/json-row.ts';
import { agentIds, groupId, instant } from '../rows/row-values.ts';
import { type Stranding, strandingShape } from './stranding.ts';

/** How this agent stands in a group, beside its state: what is left of a group that is over, too. Times are in milliseconds since 1970. */
export interface Standing {
  readonly groupId: string;
  readonly status: 'creating' | 'member' | 'stranded' | 'left' | 'removed';
  readonly kind: 'group' | 'direct';
  readonly name: string;
  readonly createdAt: number;
  /** The members as they were last known here, this agent among them. */
  readonly members: readonly string[];
  /** The own leaf came from a last-resort KeyPackage: the first commit, at once, brings a new one. */
  readonly isLastResort: boolean;
  /** This agent has asked to leave. */
  readonly isLeaving: boolean;
  /** The owner has decided to send although the histories of others differ. */
  readonly goesOnForked: boolean;
  /** When anything was last taken in or sent. */
  readonly trafficAt: number;
  /** Members that have read another history, until a comparison agrees. */
  readonly diverged?: readonly string[];
  /** Who agrees on the history and who does not, while not more than half of who answered agree. */
  readonly fork?: NonNullable<GroupView['fork']> | null;
  /** Why it is stranded, where that is known. */
  readonly stranding?: Stranding | null;
}

const shape = v.strictObject({
  version: v.literal(1),
  groupId,
  status: v.picklist(['creating', 'member', 'stranded', 'left', 'removed']),
  kind: v.picklist(['group', 'direct']),
  name: v.pipe(v.string(), v.check(isGroupName)),
  createdAt: instant,
  members: agentIds,
  isLastResort: v.boolean(),
  isLeaving: v.boolean(),
  goesOnForked: v.boolean(),
  trafficAt: instant,
  diverged: v.exactOptional(agentIds),
  fork: v.exactOptional(v.nullable(v.strictObject({ agree: agentIds, differ: agentIds, silent: agentIds }))),
  stranding: v.exactOptional(v.nullable(strandingShape)),
});

/** Standings are among the rows that belong to no group: so a group that is over is found, too. */
export const standingPrefix = 'standing/';

/** Returns the row of a standing. */
export function standingRow(standing: Standing): PlainChange['put'][number] {
  return { group: '', part: `${standingPrefix}${standing.groupId}`, bytes: encodeJsonRow(1, standing) };
}

/** Reads what `standingRow` made. Throws `storage_failed` for anything else. */
export function readStanding(bytes: Bytes): Standing {
  const { version: _, ...standing } = decodeJsonRow(shape, bytes, 'What is stored of a group cannot be read.');
  return standing;
}
