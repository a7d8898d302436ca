const fourCC = (name: string) => [...name].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0);

/** A box of an ISO base media file: its type, and where its content begins and ends, in bytes. */
interface Box {
  readonly type: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the largest size in pixels that a still AVIF image names for any of its parts; undefined for bytes that are none. A sequence of
 * images is none: its frames have sizes elsewhere (ISO/IEC 23000-22; boxes as in ISO/IEC 14496-12).
 */
export function avif(view: DataView): { readonly width: number; readonly height: number } | undefined {
  const [type] = boxesIn(view, 0, Math.min(view.byteLength, 1_024));
  if (type?.type !== fourCC('ftyp')) return undefined;
  const brands = brandsOf(view, type);
  if (!brands.includes(fourCC('avif')) || brands.includes(fourCC('avis'))) return undefined;
  const sizes = within(view, { type: 0, from: 0, to: view.byteLength }, ['meta', 'iprp', 'ipco', 'ispe']);
  return sizes
    .map(({ from }) => ({ width: view.getUint32(from + 4), height: view.getUint32(from + 8) }))
    .reduce<{ width: number; height: number } | undefined>(
      (most, each) => (most === undefined || each.width * each.height > most.width * most.height ? each : most),
      undefined,
    );
}

/** Returns the brands of a file type box, without its version, which stands second. */
function brandsOf(view: DataView, { from, to }: Box): readonly number[] {
  const words = Array.from({ length: Math.floor((to - from) / 4) }, (_, at) => view.getUint32(from + at * 4));
  return words.filter((_, at) => at !== 1);
}

/** Returns the boxes that a path of types leads to. */
function within(view: DataView, box: Box, [name, ...path]: readonly string[]): readonly Box[] {
  if (name === undefined) return [box];
  const type = fourCC(name);
  // Alone of these boxes, `meta` begins with four bytes of version and flags.
  const skipped = box.type === fourCC('meta') ? 4 : 0;
  const inside = [...boxesIn(view, box.from + skipped, box.to)].filter((each) => each.type === type);
  return inside.flatMap((each) => within(view, each, path));
}

function* boxesIn(view: DataView, from: number, to: number): Generator<Box> {
  let at = from;
  while (at + 8 <= to) {
    const short = view.getUint32(at);
    const isLong = short === 1;
    const size = isLong ? view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12) : short === 0 ? to - at : short;
    const head = isLong ? 16 : 8;
    if (size < head) return;
    yield { type: view.getUint32(at + 4), from: at + head, to: Math.min(to, at + size) };
    at += size;
  }
}
