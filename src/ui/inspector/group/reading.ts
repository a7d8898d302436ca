import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { heldBy } from './tree-shape.ts';

/** Epochs that a member reads, one after the other. */
export interface ReadingSpan {
  readonly from: number;
  /** The last one; absent while it is still a member. */
  readonly to?: number;
  /** Who added it, or took it in again; absent when that was before the oldest epoch that is kept. */
  readonly addedBy?: string;
  /** Who committed its removal; absent while it is a member, and where it was taken in again. */
  readonly removedBy?: string;
}

/** Returns from which epoch on and until which a member reads, in the order of the epochs; empty for one that was never a member. */
export function spansOf(epochs: readonly EpochView[], agentId: string): readonly ReadingSpan[] {
  const spans: ReadingSpan[] = [];
  let open: ReadingSpan | undefined;
  for (const view of epochs) {
    const isIn = isMember(view, agentId);
    const isAdded = view.added.includes(agentId);
    if (open !== undefined && (!isIn || isAdded)) {
      spans.push({ ...open, to: view.epoch - 1, ...(isIn ? {} : { removedBy: view.by }) });
      open = undefined;
    }
    if (isIn) open ??= { from: view.epoch, ...(isAdded ? { addedBy: view.by } : {}) };
  }
  return open === undefined ? spans : [...spans, open];
}

/** True if an agent holds the secrets of an epoch: its members do, and nobody else. */
export function isMember({ members }: EpochView, agentId: string): boolean {
  return members.some((member) => member.agentId === agentId);
}

/** Returns everybody that was a member in one of the epochs and is not in this one, in alphabetical order. */
export function absentIn(view: EpochView, epochs: readonly EpochView[]): readonly string[] {
  const all = new Set(epochs.flatMap(({ members }) => members.map(({ agentId }) => agentId)));
  return [...all].filter((agentId) => !isMember(view, agentId)).sort((a, b) => a.localeCompare(b, 'en'));
}

/** What a removed member could do with the commit that removed it. */
export interface RemovalCheck {
  /** Keys to which the commit encrypted its new secrets. */
  readonly keys: number;
  /** Of them, keys whose secret the removed member held. */
  readonly held: number;
}

/**
 * Compares the keys that a commit encrypted to with those that a member held in the epoch before, by their fingerprints: the check that a
 * removed member cannot follow. Undefined when one of the two epochs is not kept.
 */
export function checkRemoval(epochs: readonly EpochView[], epoch: number, agentId: string): RemovalCheck | undefined {
  const before = epochs.find((view) => view.epoch === epoch - 1);
  const after = epochs.find((view) => view.epoch === epoch);
  if (before === undefined || after === undefined || after.path.length === 0) return undefined;
  const held = new Set([...heldBy(before, agentId)].map((node) => before.nodes[node]?.keyFingerprint));
  const used = new Set(after.path.flatMap(({ encryptedTo }) => encryptedTo));
  const known = [...used].filter((node) => {
    const fingerprint = after.nodes[node]?.keyFingerprint;
    return fingerprint !== undefined && held.has(fingerprint);
  });
  return { keys: used.size, held: known.length };
}
