import { commitEvents } from '../../mls/group/trace.ts';
import { type LeafIndex, toNodeIndex } from '../../mls/indices.ts';
import { LeafPlace, type Place } from '../../mls/tree/places.ts';
import { placeAt } from '../../mls/tree/ratchet-tree.ts';
import { levelOf } from '../../mls/tree/tree-math.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { credentialOf, membersIn } from '../credential/members.ts';
import type { CommitChange } from '../rules/commit-change.ts';
import type { GroupMember } from './group-member.ts';
import type { OpenedCommit } from './opened-entry.ts';

/** A node of the ratchet tree as it may be shown: of its public key only a fingerprint. */
interface ShownNode {
  readonly node: number;
  readonly kind: 'leaf' | 'parent' | 'blank';
  readonly level: number;
  readonly member?: string;
  /** SHA-256 of the public key, the first 16 hex digits. */
  readonly keyFingerprint?: string;
  readonly unmerged: readonly LeafIndex[];
  /** This member holds its secret. */
  readonly isKnown: boolean;
  /** The epoch whose commit made its key; absent when that was before this member came. */
  readonly sinceEpoch?: number;
}

/** An epoch as it may be shown. No secret is in it. */
export interface ShownEpoch {
  readonly groupId: string;
  readonly epoch: number;
  readonly by: string;
  /** Unix seconds. */
  readonly at: number;
  readonly index: number;
  readonly leafCount: number;
  readonly nodes: readonly ShownNode[];
  readonly members: readonly { readonly agentId: string; readonly leaf: number }[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of `removed`, those that asked to leave. */
  readonly left?: readonly string[];
  /** Of `added`, those that were members before and could not read on. */
  readonly rejoined?: readonly string[];
  /** The name that the commit gave the group. */
  readonly renamed?: string;
  /** The admins that the commit named. */
  readonly admins?: readonly string[];
  readonly path: readonly { readonly node: number; readonly encryptedTo: readonly number[] }[];
  readonly schedule: readonly {
    readonly name: string;
    readonly from: readonly string[];
    readonly fingerprint: string;
  }[];
}

/** What an epoch is shown from. */
export interface EpochToShow {
  /** The member in the epoch. */
  readonly member: GroupMember;
  readonly by: string;
  readonly schedule: Readonly<Record<string, string>>;
  /** Of the commit that made it; absent for a joiner, which cannot open that one. */
  readonly commit?: { readonly staged: OpenedCommit['staged']; readonly change: CommitChange };
  /** The epoch before, as it was shown. */
  readonly former?: { readonly nodes: readonly Pick<ShownNode, 'node' | 'keyFingerprint' | 'sinceEpoch'>[] };
}

/** Returns an epoch for who looks at it: its tree, the committer's path and the key schedule (RFC 9420, sections 7 and 8). */
export async function showEpoch(subtle: Subtle, shown: EpochToShow): Promise<ShownEpoch> {
  const { member, by, commit } = shown;
  const { tree, context } = member.state;
  const change = commit?.change;
  return {
    groupId: member.groupId,
    epoch: Number(context.epoch),
    by,
    at: member.epochBegan,
    index: member.lastCommit,
    leafCount: tree.leafCount,
    nodes: await nodesOf(subtle, shown),
    members: membersIn(tree),
    added: [...(change?.added ?? []), ...(change?.rejoined ?? [])],
    removed: [...(change?.removed ?? []), ...(change?.left ?? [])],
    ...(change === undefined || change.left.length === 0 ? {} : { left: change.left }),
    ...(change === undefined || change.rejoined.length === 0 ? {} : { rejoined: change.rejoined }),
    ...(change?.renamed === undefined ? {} : { renamed: change.renamed }),
    ...(change?.admins === undefined ? {} : { admins: change.admins }),
    path: commit === undefined ? [] : pathOf(commit.staged),
    schedule: Object.entries(shown.schedule).map(([name, fingerprint]) => ({
      name,
      from: sourcesOf(name),
      fingerprint,
    })),
  };
}

async function nodesOf(subtle: Subtle, { member, former, commit }: EpochToShow): Promise<readonly ShownNode[]> {
  const { tree, privateTree, context } = member.state;
  const before = new Map(former?.nodes.map((node) => [node.node, node]));
  const shown = async (index: number): Promise<ShownNode> => {
    const node = toNodeIndex(index);
    const place = placeAt(tree, node);
    const level = levelOf(node);
    const key = keyOf(place);
    if (place === undefined || key === undefined) {
      return { node, kind: 'blank', level, unmerged: [], isKnown: false };
    }
    const keyFingerprint = toHex(await sha256(subtle, key)).slice(0, 16);
    const known = before.get(node);
    const isSame = known?.keyFingerprint === keyFingerprint;
    // What a joiner finds was made before it came, or with its own coming: only the commits that it reads are told apart.
    const since = isSame ? known.sinceEpoch : commit === undefined ? undefined : Number(context.epoch);
    return {
      node,
      level,
      keyFingerprint,
      ...(place instanceof LeafPlace
        ? leafPart(place)
        : { kind: 'parent', unmerged: place.parent?.unmergedLeaves ?? [] }),
      isKnown: privateTree.nodes.has(node),
      ...(since === undefined ? {} : { sinceEpoch: since }),
    };
  };
  return Promise.all(Array.from({ length: 2 * tree.leafCount - 1 }, (_, index) => shown(index)));
}

function leafPart({ leaf }: LeafPlace): Pick<ShownNode, 'kind' | 'member' | 'unmerged'> {
  return { kind: 'leaf', unmerged: [], ...(leaf === undefined ? {} : { member: credentialOf(leaf).agentId }) };
}

function keyOf(place: Place | undefined): Bytes | undefined {
  return place instanceof LeafPlace ? place.leaf?.encryptionKey : place?.parent?.encryptionKey;
}

function pathOf({ applied, committer, path, treeBefore }: OpenedCommit['staged']): ShownEpoch['path'] {
  return commitEvents(applied, committer, path === undefined ? undefined : treeBefore).flatMap((event) =>
    event.type === 'path_renewed' ? event.nodes.map(({ node, sealedTo }) => ({ node, encryptedTo: sealedTo })) : [],
  );
}

/** What a value is derived from; the epoch secret in between, which is not kept, is passed over. */
function sourcesOf(name: string): readonly string[] {
  if (name === 'commit_secret' || name === 'psk_secret') return [];
  return name === 'joiner_secret' ? ['init_secret', 'commit_secret'] : ['joiner_secret', 'psk_secret'];
}
