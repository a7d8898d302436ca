import type { EpochView, TreeNodeView } from '../../../agent/contracts/group-views.ts';
import { visibleText } from '../../../console/visible-text.ts';
import { formatCount } from '../../design/format.ts';
import { checkRemoval, isMember, type ReadingSpan, spansOf } from './reading.ts';
import { holdersOf } from './tree-shape.ts';

/** Names that are listed before the rest is only counted. */
const listed = 6;

/** Returns agent_ids as one text: `a`, `a and b`, `a, b and 12 others`. */
export function namesOf(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nobody';
  if (names.length <= listed) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, listed - 1).join(', ')} and ${formatCount(names.length - listed + 1, 'other')}`;
}

/** Returns what began an epoch, as one sentence without its full stop. */
export function beginningWords(view: EpochView): string {
  const { by, added, removed, left = [], rejoined = [], renamed, admins, path } = view;
  const expelled = removed.filter((agentId) => !left.includes(agentId));
  const fresh = added.filter((agentId) => !rejoined.includes(agentId));
  const did = [
    ...(expelled.length === 0 ? [] : [`removed ${namesOf(expelled)}`]),
    ...(left.length === 0 ? [] : [`let ${namesOf(left)} leave`]),
    ...(rejoined.length === 0 ? [] : [`took ${namesOf(rejoined)} in again`]),
    ...(fresh.length === 0 ? [] : [`added ${namesOf(fresh)}`]),
    ...(renamed === undefined ? [] : [`renamed the group to “${visibleText(renamed)}”`]),
    ...(admins === undefined ? [] : [`changed the admins: ${namesOf(admins)}`]),
  ];
  if (did.length > 0) return `${by} ${did.join('; ')}`;
  return path.length === 0 ? `${by} began the group or changed its description` : `${by} renewed its keys`;
}

/** Returns how many secrets a commit renewed and for how many keys they were encrypted. */
export function pathWords({ by, path }: EpochView): string {
  if (path.length === 0) {
    return 'No path is known: the commit only added members, or this agent joined by it. It renewed no secret that can be shown.';
  }
  const keys = path.reduce((sum, { encryptedTo }) => sum + encryptedTo.length, 0);
  return `${by} renewed its leaf key and ${formatCount(path.length, 'secret')} above it, encrypted for ${formatCount(keys, 'key')}.`;
}

/** Returns for whom a renewed secret was encrypted: each key with those who hold it. */
export function recipientsOf(view: EpochView, encryptedTo: readonly number[]): string {
  if (encryptedTo.length === 0) return 'nobody: the other side holds no member that was there before';
  return encryptedTo
    .map((index) => {
      const node = view.nodes[index];
      if (node === undefined) return `node ${index}`;
      const holders = namesOf(holdersOf(view, node));
      return node.level === 0 ? `the leaf of ${holders}` : `node ${index} (${holders})`;
    })
    .join('; ');
}

/** Returns what a node is, as one text for a screen reader. */
export function nodeWords(view: EpochView, node: TreeNodeView): string {
  const place = node.node === view.leafCount - 1 ? 'Root' : node.level === 0 ? 'Leaf' : 'Node';
  if (node.kind === 'blank') return `${place} ${node.node}, blank`;
  const renewed = view.path.find((step) => step.node === node.node);
  const parts = [
    node.level === 0 ? `Leaf ${node.node / 2} of ${node.member ?? 'an unknown member'}` : `${place} ${node.node}`,
    ...(node.isKnown ? ['this agent holds its secret'] : []),
    ...(renewed === undefined ? [] : [`renewed, encrypted for ${formatCount(renewed.encryptedTo.length, 'key')}`]),
    ...(node.unmerged.length === 0 ? [] : [formatCount(node.unmerged.length, 'unmerged leaf', 'unmerged leaves')]),
  ];
  return parts.join(', ');
}

/** Returns from which epoch on and until which a member reads. */
export function spanWords({ from, to, addedBy, removedBy }: ReadingSpan, oldest: number): string {
  const begin =
    addedBy === undefined && from === oldest
      ? `epoch ${from}, the oldest shown here, or earlier`
      : `epoch ${from}${addedBy === undefined ? '' : `, added by ${addedBy}`}`;
  if (to === undefined) return `reads from ${begin}, until now`;
  return `reads from ${begin}, until epoch ${to}${removedBy === undefined ? '' : `, removed by ${removedBy}`}`;
}

/** Returns whether a member can read an epoch, and why, in whole sentences. */
export function readingWords(epochs: readonly EpochView[], view: EpochView, agentId: string): string {
  const { epoch } = view;
  if (isMember(view, agentId)) {
    return `${agentId} can read epoch ${epoch}: as a member it holds every secret that the epoch is derived from.`;
  }
  const spans = spansOf(epochs, agentId);
  const former = spans.filter(({ to }) => to !== undefined && to < epoch).at(-1);
  if (former?.to === undefined) {
    const [first] = spans;
    if (first === undefined) return `${agentId} is in none of these epochs and can read none of them.`;
    return `${agentId} cannot read epoch ${epoch}: it joined with epoch ${first.from}. A Welcome holds the secrets of its own epoch only, and no derivation leads back.`;
  }
  const check = checkRemoval(epochs, former.to + 1, agentId);
  const why =
    check === undefined
      ? ''
      : ` That commit encrypted its new secrets for ${formatCount(check.keys, 'key')}; ${agentId} held ${check.held === 0 ? 'none' : check.held} of them.`;
  return `${agentId} cannot read epoch ${epoch}: ${former.removedBy ?? 'a member'} removed it with epoch ${former.to + 1}.${why}`;
}
