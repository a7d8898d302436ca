import { type Bytes, equalBytes, wipe } from '../../bytes.ts';
import { MlsError, type MlsErrorCode } from '../../errors.ts';
import { applyCommit } from '../../group/apply-commit.ts';
import type { CreatedCommit } from '../../group/create-commit.ts';
import type { GroupState } from '../../group/group-state.ts';
import { openMessage, withProposal } from '../../group/open-message.ts';
import { createApplicationMessage } from '../../group/send-message.ts';
import { decodeState, encodeLeafRatchets, encodeState, withLeafRatchets } from '../../group/snapshot.ts';
import { type StagedCommit, stageCommit } from '../../group/stage-commit.ts';
import { type LeafIndex, toLeafIndex } from '../../indices.ts';
import { decodeMlsMessage } from '../../structures/mls-message.ts';
import type { Chance } from '../chance.ts';

/** What the delivery service has in its log. */
export interface Entry {
  readonly kind: 'message' | 'proposal' | 'commit';
  readonly author: Participant;
  readonly message: Bytes;
  /** What a message says. */
  readonly data?: Bytes;
  /** Of a commit: what its author goes on with. */
  readonly created?: CreatedCommit;
}

/** What a commit did to the one that followed it. */
export type Followed =
  | { readonly type: 'own' }
  | { readonly type: 'removed'; readonly staged: StagedCommit; readonly kept: GroupState }
  | { readonly type: 'next_epoch'; readonly staged: StagedCommit };

/** One member over time, with what it would have in storage. All that is consumed is wiped at once. */
export class Participant {
  readonly name: string;
  readonly #chance: Chance;
  #state: GroupState;
  /** What is in storage, of one in three: the whole of a big group takes its time. */
  #snapshot: Bytes | undefined;
  readonly #ratchets = new Map<LeafIndex, Bytes>();
  /** The place in the log of what it reads next. */
  position: number;

  constructor(name: string, state: GroupState, position: number, chance: Chance) {
    this.name = name;
    this.#state = state;
    this.position = position;
    this.#chance = chance;
    this.#snapshot = chance.percent(35) ? encodeState(state) : undefined;
  }

  get state(): GroupState {
    return this.#state;
  }

  /** Goes on with an epoch, or with something else that a stored leaf's ratchets do not hold. */
  enter(state: GroupState): void {
    this.#state = state;
    if (this.#snapshot === undefined) return;
    this.#snapshot = encodeState(state);
    this.#ratchets.clear();
  }

  /** Goes on with a state in which the ratchets of one leaf are others; those of a leaf that had not sent before need more. */
  advance(state: GroupState, leaf: LeafIndex, isFirst: boolean): void {
    if (isFirst) this.enter(state);
    this.#state = state;
    if (this.#snapshot !== undefined) this.#ratchets.set(leaf, encodeLeafRatchets(state, leaf));
  }

  /** Forgets what it has in memory and goes on with what is stored, if anything is. */
  async restart(): Promise<void> {
    if (this.#snapshot === undefined) return;
    const { suite, signatureKey } = this.#state;
    let state = await decodeState(suite, this.#snapshot, signatureKey);
    for (const [leaf, ratchets] of this.#ratchets) state = withLeafRatchets(state, leaf, ratchets);
    this.#state = state;
  }

  /** Encrypts some bytes. */
  async say(data: Bytes): Promise<Bytes> {
    const padding = this.#chance.below(64);
    const sent = await createApplicationMessage(this.#state, data, { padding, random: this.#chance.bytes });
    this.advance(sent.state, sent.state.ownLeaf, sent.isFirstOfSender);
    wipe(sent.consumed);
    return sent.message;
  }

  /** Takes in a message or proposal of another. */
  async take(entry: Entry): Promise<void> {
    if (entry.author === this) return;
    const opened = await openMessage(this.#state, decodeMlsMessage(entry.message));
    const { content, sender } = opened;
    if (sender.type !== 'member') throw new Error('The sender is no member.');
    if (content.type === 'application') {
      if (entry.data === undefined || !equalBytes(content.data, entry.data)) throw new Error('The data are others.');
    } else if (content.type === 'commit') {
      throw new Error('A commit stands where none was written.');
    }
    this.advance(opened.state, sender.leafIndex, opened.isFirstOfSender);
    if (content.type === 'proposal') this.enter(withProposal(this.#state, content.proposal));
    wipe(opened.consumed);
  }

  /** Takes in a message that has to be refused, with this code, and changes nothing. */
  async refuse({ message }: Entry, ...codes: readonly MlsErrorCode[]): Promise<void> {
    try {
      await openMessage(this.#state, decodeMlsMessage(message));
    } catch (cause) {
      if (cause instanceof MlsError && codes.includes(cause.code)) return;
      throw cause;
    }
    throw new Error(`A message was taken that is refused as ${codes.join(' or ')}.`);
  }

  /** Follows the commit that makes the next epoch. */
  async follow({ author, message, created }: Entry): Promise<Followed> {
    if (author === this) {
      if (created === undefined) throw new Error('An own commit came from nowhere.');
      this.enter(created.next);
      wipe(created.consumedWhenAccepted);
      return { type: 'own' };
    }
    const opened = await openMessage(this.#state, decodeMlsMessage(message));
    if (opened.content.type !== 'commit') throw new Error('The commit is none.');
    const staged = await stageCommit(opened.state, opened.content.commit);
    const applied = await applyCommit(staged);
    if (applied.type === 'removed') return { type: 'removed', staged, kept: opened.state };
    this.enter(applied.state);
    wipe([...opened.consumed, ...applied.consumed]);
    return { type: 'next_epoch', staged };
  }

  /** Returns the leaf of a participant of the same epoch. */
  get leaf(): LeafIndex {
    return toLeafIndex(this.#state.ownLeaf);
  }
}
