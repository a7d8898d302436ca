import { fromHex, toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ScratchBuffer } from '../../../protocol/scratch-buffer.ts';
import { label } from '../../../protocol/wire/label.ts';
import type { EntryOf } from '../entry/entries.ts';
import { hold } from './known-session.ts';

type GroupEntry = EntryOf<'group_commit'> | EntryOf<'group_message'>;

const numberOf = { message: 1, proposal: 2, commit: 3 } as const;

/** Checks that what a trail says of groups' logs is one history of each: the heads follow from each other (groups page, section 4). */
export class GroupEvidence {
  readonly #subtle: Subtle;
  readonly #last = new Map<string, { readonly index: number; readonly head: string }>();

  constructor(subtle: Subtle) {
    this.#subtle = subtle;
  }

  /**
   * Throws unless an entry comes after those of its group before it, and its head follows from theirs where it is the next. What was
   * taken in before this agent joined, or while it was stranded, is in no trail: there the head is taken as it is.
   */
  async check(entry: GroupEntry): Promise<void> {
    const { group_id: group, log_index: index, head } = entry;
    const last = this.#last.get(group);
    // A step that could not be stored is written down once more.
    const isAgain = last?.index === index && last.head === head;
    hold(last === undefined || index > last.index || isAgain, 'The group’s log has something else at this place.');
    const isFirst = index === 0 && last === undefined;
    if (isFirst || last?.index === index - 1) {
      const previous = isFirst ? await this.#hash(label('group log'), fromHex(group)) : fromHex(last?.head ?? '');
      hold(
        (await this.#next(previous, entry)) === head,
        'The head of the group’s log does not follow from the one before.',
      );
    }
    this.#last.set(group, { index, head });
  }

  async #next(previous: Uint8Array<ArrayBuffer>, entry: GroupEntry): Promise<string> {
    const numbers = new Uint8Array(17);
    const view = new DataView(numbers.buffer);
    view.setBigUint64(0, BigInt(entry.log_index));
    view.setBigUint64(8, BigInt(entry.logged_at));
    view.setUint8(16, numberOf[entry.kind === 'group_commit' ? 'commit' : entry.of]);
    const sender = await this.#hash(entry.sender);
    return toHex(await this.#hash(previous, numbers, sender, fromHex(entry.digest), fromHex(entry.lists)));
  }

  #hash(...parts: readonly (Uint8Array<ArrayBuffer> | string)[]): Promise<Uint8Array<ArrayBuffer>> {
    return ScratchBuffer.use((scratch) => sha256(this.#subtle, scratch.concat(...parts)));
  }
}
