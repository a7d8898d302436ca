import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { hashEntry } from '../entry/chain.ts';
import type { Checkpoint } from '../entry/checkpoint.ts';
import { ChainCheck, type Fault, type KeptEntry } from './chain-check.ts';
import type { Evidence } from './evidence.ts';

/** Entries whose hashes are computed at once, and messages whose signatures are. */
const atOnce = 64;

/** What is known of a trail's beginning before it is checked. Hashes are in hex. */
export interface KnownBeginning {
  readonly checkpoint?: Checkpoint | undefined;
  /** Up to here `evidence` has checked the same entries before: only their hashes are computed. */
  readonly checked?: { readonly length: number; readonly hash: string } | undefined;
}

/**
 * Follows a trail from its beginning or its checkpoint to its head and checks each entry's evidence, many signatures at once. The first
 * fault, if there is one; `head.hash` is in hex.
 */
export async function checkTrail(
  subtle: Subtle,
  evidence: Evidence,
  entries: Iterable<KeptEntry> | AsyncIterable<KeptEntry>,
  head: { readonly length: number; readonly hash: string },
  { checkpoint, checked }: KnownBeginning = {},
): Promise<Fault | undefined> {
  const underWay: Promise<Fault | undefined>[] = [];
  /** The first fault of those under way, of which so many may stay. */
  const settled = async (most = 0): Promise<Fault | undefined> => {
    while (underWay.length > most) {
      const fault = await underWay.shift();
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  const chain = new ChainCheck(subtle, checkpoint);
  const broken = checkpoint?.broken_at;
  if (broken !== undefined) return { at: broken, words: `Entry ${broken} did not hold when it was deleted.` };
  const kept = checkpoint?.kept ?? [];
  let before = 0;
  for await (const { entry, hashed } of withHashes(subtle, entries)) {
    const expected = kept[before];
    if (expected !== undefined) {
      before += 1;
      const at = typeof entry.json.index === 'number' ? entry.json.index : 0;
      if (toHex(await hashed) !== entry.hash || entry.hash !== expected) {
        return { at, words: `Entry ${at} is not one that the checkpoint keeps.` };
      }
      const words = checked === undefined ? await evidence.next(entry.json) : undefined;
      if (words !== undefined) return { at, words: `Entry ${at}: ${words}` };
      continue;
    }
    const at = chain.length;
    const fault = await chain.next(entry, hashed);
    if (fault !== undefined) return (await settled()) ?? fault;
    if (chain.isUndecided) continue;
    if (checked !== undefined && at < checked.length) {
      const isLast = at === checked.length - 1;
      if (isLast && chain.hash !== checked.hash) return { at, words: `Entry ${at} was different when it was checked.` };
      continue;
    }
    const { words, signed } = await evidence.start(entry.json);
    if (words !== undefined) return (await settled()) ?? { at, words: `Entry ${at}: ${words}` };
    if (signed !== undefined) underWay.push(signed.then((wrong) => faultOf(at, wrong)));
    const unsigned = await settled(atOnce);
    if (unsigned !== undefined) return unsigned;
  }
  return (await settled()) ?? chain.end(head);
}

function faultOf(at: number, wrong: string | undefined): Fault | undefined {
  return wrong === undefined ? undefined : { at, words: `Entry ${at}: ${wrong}` };
}

/** Yields the entries, each with its hash, which is computed while those before it are checked. */
async function* withHashes(subtle: Subtle, entries: Iterable<KeptEntry> | AsyncIterable<KeptEntry>) {
  const begun: { readonly entry: KeptEntry; readonly hashed: Promise<Bytes> }[] = [];
  for await (const entry of entries) {
    begun.push({ entry, hashed: hashEntry(subtle, entry.text) });
    const [first] = begun;
    if (begun.length > atOnce && first !== undefined) {
      begun.shift();
      yield first;
    }
  }
  yield* begun;
}
