import { encode, type Writer } from '../../mls/codec/writer.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { encodeEpoch, encodeLeafRatchets, encodeMessageSecrets, encodeProposals } from '../../mls/group/snapshot.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import type { ClearLists } from '../log/entry.ts';
import { groupAuthenticator } from '../member/authenticator.ts';
import type { Changed, GroupMember, MemberStep } from '../member/group-member.ts';
import type { OwnLeave, OwnMessage, PendingCommit } from '../member/own-entries.ts';
import { writeLists } from './entry-record.ts';
import { encodeAuthenticator, encodeHead } from './head-record.ts';
import { encodeAcquaintances, encodeMember, encodePosition } from './member-record.ts';
import { encodeOwnLeave, encodeOwnMessage } from './outbox-record.ts';
import { authenticatorPart, headPart, outboxPart, type PlainPart, parts, ratchetsPart } from './parts.ts';
import { encodePending } from './pending-record.ts';
import { recordVersion, unreadable } from './record.ts';

/** What one step changes in storage: all of it in one transaction. What is dropped goes first. */
export interface StoredStep {
  readonly put: readonly PlainPart[];
  /** Parts that go; one that ends with `/` stands for all under it. */
  readonly drop: readonly string[];
  /** Ids of signature keys that go. */
  readonly dropKeys: readonly string[];
}

/** A row with the signature key that goes with it. */
export interface StoredPending extends PlainPart {
  readonly putKeys: readonly { readonly id: string; readonly key: CryptoKey }[];
}

/** Returns the id of a signature key: SHA-256 of the public one, lowercase hex. */
export async function signatureKeyId(subtle: Subtle, publicKey: Bytes): Promise<string> {
  return toHex(await sha256(subtle, publicKey));
}

/**
 * Returns what is to be stored of a step (docs/mls.md, Store): an epoch whole; of a leaf's first message of an epoch the secret tree, in
 * place of all ratchets; of its later ones its ratchets. It holds secrets, which are wiped once they are written.
 */
export async function storedStep(subtle: Subtle, { member, changed }: MemberStep): Promise<StoredStep> {
  const { endedKeys = [] } = changed;
  return {
    put: [
      ...(changed.epoch === true ? await epochParts(subtle, member, changed) : messageParts(member, changed)),
      ...positionParts(member, changed),
    ],
    drop: droppedBy(changed),
    dropKeys: await Promise.all(endedKeys.map((key) => signatureKeyId(subtle, key))),
  };
}

async function epochParts(subtle: Subtle, member: GroupMember, { at }: Changed): Promise<readonly PlainPart[]> {
  const { state, selfId, firstIndex, epochBegan, renewedAt } = member;
  const keyId = await signatureKeyId(subtle, ownSignatureKey(state));
  const rows: readonly PlainPart[] = [
    { part: parts.member, bytes: encodeMember({ selfId, firstIndex, epochBegan, renewedAt, keyId }) },
    { part: parts.epoch, bytes: encodeEpoch(state) },
    { part: parts.secrets, bytes: encodeMessageSecrets(state) },
  ];
  // Before the first entry there is nothing that anybody could compare.
  if (at === undefined) return rows;
  const authenticator = await groupAuthenticator(subtle, state);
  const bytes = encodeAuthenticator({ at, index: member.next - 1, authenticator });
  return [...rows, { part: authenticatorPart(state.context.epoch), bytes }];
}

function messageParts({ state }: GroupMember, { secrets, ratchets, proposals }: Changed): readonly PlainPart[] {
  return [
    ...(secrets === true ? [{ part: parts.secrets, bytes: encodeMessageSecrets(state) }] : []),
    ...(secrets !== true && ratchets !== undefined
      ? [{ part: ratchetsPart(ratchets), bytes: encodeLeafRatchets(state, ratchets) }]
      : []),
    ...(proposals === true ? [{ part: parts.proposals, bytes: encodeProposals(state) }] : []),
  ];
}

function positionParts(member: GroupMember, changed: Changed): readonly PlainPart[] {
  const { at } = changed;
  const rows: PlainPart[] = [];
  if (changed.position === true) rows.push({ part: parts.position, bytes: encodePosition(member) });
  if (at !== undefined) rows.push({ part: headPart(member.next - 1), bytes: encodeHead({ at, head: member.head }) });
  if (changed.acquaintances === true) {
    rows.push({ part: parts.acquaintances, bytes: encodeAcquaintances(member.acquaintances) });
  }
  if (changed.lists === true && member.lists !== undefined) {
    rows.push({ part: parts.lists, bytes: encodeLists(member.lists) });
  }
  return rows;
}

function droppedBy({ epoch, secrets, pending, outbox }: Changed): readonly string[] {
  return [
    ...(epoch === true || secrets === true ? [parts.ratchets] : []),
    ...(epoch === true ? [parts.proposals] : []),
    ...(pending === 'gone' ? [parts.pending] : []),
    ...(outbox === undefined ? [] : [outboxPart(outbox)]),
  ];
}

/** Returns the row of a commit that waits, and the new signature key that it brings. */
export async function storedPending(subtle: Subtle, pending: PendingCommit): Promise<StoredPending> {
  const id = await signatureKeyId(subtle, ownSignatureKey(pending.next));
  const putKeys = pending.newKey === undefined ? [] : [{ id, key: pending.newKey.privateKey }];
  return { part: parts.pending, bytes: encodePending(pending, id), putKeys };
}

/** Returns the row of a message that waits. */
export function storedMessage(own: OwnMessage): PlainPart {
  return { part: outboxPart(own.entry.entryId), bytes: encodeOwnMessage(own) };
}

/** Returns the row of a proposal to leave that waits. */
export function storedLeave(own: OwnLeave): PlainPart {
  return { part: outboxPart(own.entry.entryId), bytes: encodeOwnLeave(own) };
}

function encodeLists(lists: ClearLists): Bytes {
  return encode((writer: Writer, value: ClearLists) => {
    writer.u8(recordVersion);
    writeLists(writer, value);
  }, lists);
}

function ownSignatureKey({ tree, ownLeaf }: GroupState): Bytes {
  const leaf = leafAt(tree, ownLeaf);
  if (leaf === undefined) throw unreadable();
  return leaf.signatureKey;
}
