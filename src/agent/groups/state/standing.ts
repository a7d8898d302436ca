import * as v from 'valibot';
import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { PlainChange } from '../rows/group-rows.ts';
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

const names = v.array(v.string());
const shape = v.strictObject({
  version: v.literal(1),
  groupId: v.string(),
  status: v.picklist(['creating', 'member', 'stranded', 'left', 'removed']),
  kind: v.picklist(['group', 'direct']),
  name: v.string(),
  createdAt: v.number(),
  members: v.array(v.string()),
  isLastResort: v.boolean(),
  isLeaving: v.boolean(),
  goesOnForked: v.boolean(),
  trafficAt: v.number(),
  diverged: v.exactOptional(names),
  fork: v.exactOptional(v.nullable(v.strictObject({ agree: names, differ: names, silent: names }))),
  stranding: v.exactOptional(v.nullable(strandingShape)),
});

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Standings are among the rows that belong to no group: so a group that is over is found, too. */
export const standingPrefix = 'standing/';

/** Returns the row of a standing. */
export function standingRow(standing: Standing): PlainChange['put'][number] {
  const bytes = encoder.encode(JSON.stringify({ version: 1, ...standing }));
  return { group: '', part: `${standingPrefix}${standing.groupId}`, bytes };
}

/** Reads what `standingRow` made. Throws `storage_failed` for anything else. */
export function readStanding(bytes: Bytes): Standing {
  const read = v.safeParse(shape, json(bytes));
  if (!read.success) throw new ParleyError('storage_failed', 'What is stored of a group cannot be read.');
  const { version: _, ...standing } = read.output;
  return standing;
}

function json(bytes: Bytes): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new ParleyError('storage_failed', 'What is stored of a group cannot be read.', { cause });
  }
}
