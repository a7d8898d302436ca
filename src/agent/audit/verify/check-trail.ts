import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ChainCheck, type Fault, type KeptEntry } from './chain-check.ts';
import type { Evidence } from './evidence.ts';

/** Follows a trail to its head and checks each entry's evidence. The first fault, if there is one; `head.hash` is in hex. */
export async function checkTrail(
  subtle: Subtle,
  evidence: Evidence,
  entries: Iterable<KeptEntry> | AsyncIterable<KeptEntry>,
  head: { readonly length: number; readonly hash: string },
): Promise<Fault | undefined> {
  const chain = new ChainCheck(subtle);
  for await (const entry of entries) {
    const at = chain.length;
    const fault = await chain.next(entry);
    if (fault !== undefined) return fault;
    if (chain.isUndecided) continue;
    const words = await evidence.next(entry.json);
    if (words !== undefined) return { at, words: `Entry ${at}: ${words}` };
  }
  return chain.end(head);
}
