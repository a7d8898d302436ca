import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import type { Seen } from './payload.ts';

/** What a sender's `seen` says of its history: the same as this member's, another one, or nothing that can be compared. */
export type SeenVerdict = 'agrees' | 'differs' | 'not_compared';

/**
 * Compares what a sender had read with what this member has (groups page, section 5, Forks). `head` is this member's head after that
 * index, undefined when it is no longer kept. What is from before this member's first entry is not compared.
 */
export function compareSeen(seen: Seen, firstIndex: number, head: Bytes | undefined): SeenVerdict {
  if (seen.index < firstIndex || head === undefined) return 'not_compared';
  return equalConstantTime(seen.head, head) ? 'agrees' : 'differs';
}
