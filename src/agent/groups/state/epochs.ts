import * as v from 'valibot';
import { type EpochToShow, showEpoch } from '../../../group/member/show-epoch.ts';
import { toNodeIndex } from '../../../mls/indices.ts';
import { levelOf } from '../../../mls/tree/tree-math.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { EpochView, TreeNodeView } from '../../contracts/group-views.ts';
import type { GroupRows, PlainChange } from '../rows/group-rows.ts';
import { encodeJsonRow, jsonRowIn } from '../rows/json-row.ts';
import { indexOrNone, seconds, whole } from '../rows/row-values.ts';

/** Epochs of a group that are kept for the inspector. */
const mostEpochs = 64;

/** Where the rows of epochs begin. No secret is in them. */
const epochPrefix = 'shown/';

/** What epochs are kept with. */
export interface EpochsDeps {
  readonly subtle: Subtle;
  readonly rows: Pick<GroupRows, 'read'>;
}

/** An epoch as the inspector draws it, and the rows that keep it: they are written with the step that began it. */
export interface NewEpoch {
  readonly view: EpochView;
  readonly change: Required<Pick<PlainChange, 'put' | 'drop'>>;
}

/** Returns an epoch that begins, seen beside the one before. It is kept in place of the one that was `mostEpochs` earlier. */
export async function epochBegins({ subtle, rows }: EpochsDeps, shown: Omit<EpochToShow, 'former'>): Promise<NewEpoch> {
  const { groupId, selfId, state } = shown.member;
  const epoch = Number(state.context.epoch);
  const former = await epochAt(rows, groupId, epoch - 1);
  const drawn = await showEpoch(subtle, { ...shown, ...(former === undefined ? {} : { former }) });
  // A joiner cannot open the commit that added it, and knows that it did.
  const view: EpochView = shown.commit === undefined ? { ...drawn, added: [selfId] } : drawn;
  const put = [{ group: groupId, part: partOf(epoch), bytes: encodeEpoch(view) }];
  const drop = epoch < mostEpochs ? [] : [{ group: groupId, part: partOf(epoch - mostEpochs) }];
  return { view, change: { put, drop } };
}

/** Returns the epochs that are kept of a group, the newest last. What cannot be read is left out. */
export async function keptEpochs(rows: Pick<GroupRows, 'all'>, groupId: string): Promise<readonly EpochView[]> {
  const found: EpochView[] = [];
  for await (const { part, bytes } of rows.all(groupId, epochPrefix)) {
    const view = decodeEpoch(groupId, bytes);
    if (view !== undefined && part === partOf(view.epoch)) found.push(view);
  }
  return found.slice(-mostEpochs);
}

/** Returns the rows of a group's epochs that a new beginning leaves beyond what is kept: an agent that comes back skips numbers. */
export async function staleEpochs(
  rows: Pick<GroupRows, 'all'>,
  groupId: string,
): Promise<readonly { readonly group: string; readonly part: string }[]> {
  const all: { group: string; part: string }[] = [];
  for await (const { part } of rows.all(groupId, epochPrefix)) all.push({ group: groupId, part });
  return all.slice(0, -(mostEpochs - 1));
}

async function epochAt(rows: EpochsDeps['rows'], groupId: string, epoch: number): Promise<EpochView | undefined> {
  try {
    const bytes = await rows.read(groupId, partOf(epoch));
    return bytes === undefined ? undefined : decodeEpoch(groupId, bytes);
  } catch (cause) {
    // What is only shown stops no group: the epoch is drawn as if it were the first.
    if (cause instanceof ParleyError && cause.code === 'storage_failed') return undefined;
    throw cause;
  }
}

function partOf(epoch: number): string {
  return `${epochPrefix}${String(epoch).padStart(10, '0')}`;
}

const names = v.array(v.string());
/** A node: 0 for a blank one, else its key's fingerprint, whether its secret is known, since when (-1: before this agent came), unmerged leaves. */
const nodeV1 = v.union([v.literal(0), v.strictTuple([v.string(), v.picklist([0, 1]), indexOrNone, v.array(whole)])]);
/** What every version of an epoch at rest has; about 30 bytes a node. It is never changed. */
const epochBase = {
  epoch: whole,
  by: v.string(),
  at: seconds,
  index: indexOrNone,
  members: v.array(v.strictTuple([v.string(), whole])),
  added: names,
  removed: names,
  path: v.array(v.strictTuple([whole, v.array(whole)])),
  schedule: v.array(v.strictTuple([v.string(), names, v.string()])),
  nodes: v.array(nodeV1),
} as const;
/** An epoch at rest. Version 1 does not say who left or came back, nor the new name and admins. Neither is ever changed. */
const storedEpoch = v.variant('version', [
  v.strictObject({ version: v.literal(1), ...epochBase }),
  v.strictObject({
    version: v.literal(2),
    ...epochBase,
    left: v.exactOptional(names),
    rejoined: v.exactOptional(names),
    renamed: v.exactOptional(v.string()),
    admins: v.exactOptional(names),
  }),
]);
type StoredEpoch = v.InferOutput<typeof storedEpoch>;

/** Returns the bytes of an epoch's row. */
export function encodeEpoch(view: EpochView): Bytes {
  const { epoch, by, at, index, added, removed, left, rejoined, renamed, admins } = view;
  const stored: Omit<Extract<StoredEpoch, { version: 2 }>, 'version'> = {
    ...{ epoch, by, at, index, added: [...added], removed: [...removed] },
    ...(left === undefined ? {} : { left: [...left] }),
    ...(rejoined === undefined ? {} : { rejoined: [...rejoined] }),
    ...(renamed === undefined ? {} : { renamed }),
    ...(admins === undefined ? {} : { admins: [...admins] }),
    members: view.members.map(({ agentId, leaf }) => [agentId, leaf]),
    path: view.path.map(({ node, encryptedTo }) => [node, [...encryptedTo]]),
    schedule: view.schedule.map(({ name, from, fingerprint }) => [name, [...from], fingerprint]),
    nodes: view.nodes.map(({ keyFingerprint, isKnown, sinceEpoch = -1, unmerged }) =>
      keyFingerprint === undefined ? 0 : [keyFingerprint, isKnown ? 1 : 0, sinceEpoch, [...unmerged]],
    ),
  };
  return encodeJsonRow(2, stored);
}

/** Reads an epoch's row; undefined for what is none, or cannot be drawn. */
export function decodeEpoch(groupId: string, bytes: Bytes): EpochView | undefined {
  const stored = jsonRowIn(storedEpoch, bytes);
  if (stored === undefined || !isDrawable(stored)) return undefined;
  const { version: _, members, path, schedule, nodes, ...rest } = stored;
  const byLeaf = new Map(members.map(([agentId, leaf]) => [leaf, agentId]));
  return {
    groupId,
    ...rest,
    leafCount: (nodes.length + 1) / 2,
    members: members.map(([agentId, leaf]) => ({ agentId, leaf })),
    path: path.map(([node, encryptedTo]) => ({ node, encryptedTo })),
    schedule: schedule.map(([name, from, fingerprint]) => ({ name, from, fingerprint })),
    nodes: nodes.map((node, index) => nodeIn(node, index, byLeaf)),
  };
}

function nodeIn(stored: v.InferOutput<typeof nodeV1>, node: number, byLeaf: ReadonlyMap<number, string>): TreeNodeView {
  const level = levelOf(toNodeIndex(node));
  if (stored === 0) return { node, level, kind: 'blank', unmerged: [], isKnown: false };
  const [keyFingerprint, isKnown, since, unmerged] = stored;
  const member = level === 0 ? byLeaf.get(node / 2) : undefined;
  return {
    node,
    level,
    kind: level === 0 ? 'leaf' : 'parent',
    ...(member === undefined ? {} : { member }),
    keyFingerprint,
    unmerged,
    isKnown: isKnown === 1,
    ...(since === -1 ? {} : { sinceEpoch: since }),
  };
}

/** True when there is a whole tree, and everything that is said of a node or a leaf is said of one of its own. */
function isDrawable({ nodes, members, path }: StoredEpoch): boolean {
  const leafCount = (nodes.length + 1) / 2;
  const unmerged = nodes.flatMap((node) => (node === 0 ? [] : node[3]));
  return (
    Number.isInteger(Math.log2(leafCount)) &&
    [...members.map(([, leaf]) => leaf), ...unmerged].every((leaf) => leaf < leafCount) &&
    path.flatMap(([node, encryptedTo]) => [node, ...encryptedTo]).every((node) => node < nodes.length)
  );
}
