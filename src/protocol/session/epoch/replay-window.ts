import { limits } from '../../limits.ts';

const span = limits.replayWindow;
const wordBits = 32;
// One word more than the span, so that the word being cleared is never inside the window (RFC 6479, section 2).
const words = span / wordBits + 1;

/**
 * The sliding anti-replay window of 1,024 sequence numbers (RFC 6479). Looking up changes nothing; marking is for a
 * message whose tag has verified.
 */
export class ReplayWindow {
  #top = -1;
  /** Made with the first message: most sessions of a busy agent are idle. */
  #bits: Uint32Array | undefined;

  /** True when `sequence` is neither marked nor fallen out of the window. */
  accepts(sequence: number): boolean {
    if (sequence > this.#top) return true;
    if (this.#top - sequence >= span) return false;
    return ((this.#bits?.[this.#word(sequence)] ?? 0) & this.#bit(sequence)) === 0;
  }

  /** Marks `sequence` as received; false, and nothing changes, when the window does not accept it. */
  mark(sequence: number): boolean {
    if (!this.accepts(sequence)) return false;
    this.#bits ??= new Uint32Array(words);
    if (sequence > this.#top) {
      const from = Math.floor(this.#top / wordBits);
      const to = Math.floor(sequence / wordBits);
      for (let word = from + 1; word <= Math.min(to, from + words); word++) this.#bits[word % words] = 0;
      this.#top = sequence;
    }
    const word = this.#word(sequence);
    this.#bits[word] = (this.#bits[word] ?? 0) | this.#bit(sequence);
    return true;
  }

  #word(sequence: number): number {
    return Math.floor(sequence / wordBits) % words;
  }

  #bit(sequence: number): number {
    return 1 << (sequence % wordBits);
  }
}
