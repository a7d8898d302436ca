import { toHex } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { hashEntry } from '../chain.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { ChainCheck, type Fault, type KeptEntry } from './chain-check.ts';
import type { Evidence } from './evidence.ts';

/** Follows a trail from its beginning or its checkpoint to its head and checks each entry's evidence. The first fault, if there is one; `head.hash` is in hex. */
export async function checkTrail(
  subtle: Subtle,
  evidence: Evidence,
  entries: Iterable<KeptEntry> | AsyncIterable<KeptEntry>,
  head: { readonly length: number; readonly hash: string },
  checkpoint?: Checkpoint,
): Promise<Fault | undefined> {
  const chain = new ChainCheck(subtle, checkpoint);
  const broken = checkpoint?.broken_at;
  if (broken !== undefined) return { at: broken, words: `Entry ${broken} did not hold when it was deleted.` };
  const kept = checkpoint?.kept ?? [];
  let before = 0;
  for await (const entry of entries) {
    const expected = kept[before];
    if (expected !== undefined) {
      before += 1;
      const fault = await checkKept(subtle, evidence, entry, expected);
      if (fault !== undefined) return fault;
      continue;
    }
    const at = chain.length;
    const fault = await chain.next(entry);
    if (fault !== undefined) return fault;
    if (chain.isUndecided) continue;
    const words = await evidence.next(entry.json);
    if (words !== undefined) return { at, words: `Entry ${at}: ${words}` };
  }
  return chain.end(head);
}

/** Checks an entry that is kept from before a checkpoint, which names its hash. */
async function checkKept(
  subtle: Subtle,
  evidence: Evidence,
  { json, text, hash }: KeptEntry,
  expected: string,
): Promise<Fault | undefined> {
  const at = typeof json.index === 'number' ? json.index : 0;
  if (toHex(await hashEntry(subtle, text)) !== hash || hash !== expected) {
    return { at, words: `Entry ${at} is not one that the checkpoint keeps.` };
  }
  const words = await evidence.next(json);
  return words === undefined ? undefined : { at, words: `Entry ${at}: ${words}` };
}
