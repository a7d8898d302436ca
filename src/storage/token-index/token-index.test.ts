import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { applyChange, type Change, type StoredRow, segmentsTouched } from './change.ts';
import { hasToken, packTokens, tokenAt, unpackTokens } from './packed-tokens.ts';
import { decodePlaces, encodePlaces, type PostingPlace } from './places.ts';
import { encodePostings, placesWith, rowOf, withoutPlaces } from './posting-row.ts';
import { type IndexState, type PlacedTokens, stateOf } from './state.ts';

const token = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function bytesOf(value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

describe('the tokens of a record', () => {
  test('are kept in an order that does not follow the text, each once', () => {
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const packed = packTokens(tokens.map(bytesOf));
        expect(packTokens(tokens.toReversed().map(bytesOf))).toEqual(packed);
        expect([...unpackTokens(packed)]).toEqual([...new Set(tokens)].sort((a, b) => (a < b ? -1 : 1)));
        for (const one of tokens) expect(hasToken(packed, one)).toBe(true);
      }),
    );
    expect(hasToken(packTokens([bytesOf(1n)]), 2n)).toBe(false);
    expect(tokenAt(bytesOf(2n ** 63n), 0)).toBe(2n ** 63n);
  });
});

describe('a row', () => {
  const places = fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 1 });
  const postings = fc
    .array(fc.tuple(token, places), { maxLength: 20 })
    .map((entries) => new Map(entries.map(([one, of]) => [one, of.toSorted((a, b) => a - b)])));

  test('gives the places of each token, also in a piece of a larger buffer, and none of any other', () => {
    fc.assert(
      fc.property(postings, token, (all, other) => {
        const encoded = encodePostings(all);
        const within = new Uint8Array(encoded.length + 13);
        within.set(encoded, 7);
        const row = within.subarray(7, 7 + encoded.length);
        for (const [one, of] of all) expect(placesWith(row, one)).toEqual(of);
        if (!all.has(other)) expect(placesWith(row, other)).toEqual([]);
      }),
    );
  });

  test('without some places is the row that never had them', () => {
    fc.assert(
      fc.property(postings, fc.func(fc.boolean()), (all, isGone) => {
        const gone = new Set([...all.values()].flat().filter((place) => isGone(place)));
        const left = new Map(
          [...all]
            .map(([one, of]) => [one, of.filter((place) => !gone.has(place))] as const)
            .filter(([, of]) => of.length > 0),
        );
        const row = withoutPlaces(encodePostings(all), gone);
        expect(row).toEqual(left.size === 0 ? undefined : encodePostings(left));
      }),
    );
  });

  test('that is damaged throws and never goes on for ever', () => {
    expect(() => placesWith(new Uint8Array(2), 1n)).toThrow(RangeError);
    const row = encodePostings(new Map([[1n, [5]]]));
    row[row.length - 1] = 0xff;
    expect(() => placesWith(row, 1n)).toThrow(RangeError);
    row.fill(0xff, 12, 16);
    expect(() => withoutPlaces(row, new Set())).toThrow(RangeError);
  });
});

test('places come back as they were written, and damaged ones as none', () => {
  const place = fc.record({
    peerId: fc.constantFrom('helper_agent_001', 'other_agent_001'),
    sequence: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    at: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  });
  fc.assert(
    fc.property(fc.array(fc.option(place, { nil: undefined })), (places) => {
      expect(decodePlaces(encodePlaces(places))).toEqual(places);
    }),
  );
  const { places } = encodePlaces([{ peerId: 'helper_agent_001', sequence: 1, at: 2 }]);
  expect(decodePlaces({ peers: [], places })).toEqual([undefined]);
});

/** The index as a store has it. */
class Rows {
  state: IndexState = stateOf(new Map(), new Map());
  readonly rows = new Map<string, StoredRow>();

  change(change: Change): void {
    const touched = new Set(segmentsTouched(this.state, change));
    const written = applyChange(
      this.state,
      change,
      [...this.rows.values()].filter(({ segment }) => touched.has(segment)),
    );
    for (const segment of written.dropSegments) {
      for (const [key, row] of this.rows) if (row.segment === segment) this.rows.delete(key);
    }
    for (const row of written.putRows) this.rows.set(`${row.row} ${row.segment}`, row);
    for (const { row, segment } of written.dropRows) this.rows.delete(`${row} ${segment}`);
    this.state = written.next;
  }

  /** Every token that stands anywhere. */
  tokens(candidates: readonly bigint[]): readonly bigint[] {
    const recent = [...this.state.recent.values()].flatMap(({ tokens }) => [...unpackTokens(tokens)]);
    return candidates.filter(
      (one) =>
        recent.includes(one) ||
        [...this.rows.values()].some(({ row, bytes }) => row === rowOf(one) && placesWith(bytes, one).length > 0),
    );
  }
}

describe('deleting', () => {
  /** A thousand exchanges, each with a token of its own and one that all have. */
  const all = Array.from({ length: 1_000 }, (_, index): PlacedTokens => {
    const place = { peerId: index % 2 === 0 ? 'helper_agent_001' : 'other_agent_001', sequence: index + 1, at: index };
    return { ...place, tokens: packTokens([bytesOf(own(index)), bytesOf(7n)]) };
  });

  function own(index: number): bigint {
    return (BigInt(index) << 54n) + 9n;
  }

  const filled = () => {
    const rows = new Rows();
    for (let first = 0; first < all.length; first += 100) rows.change({ put: all.slice(first, first + 100) });
    return rows;
  };
  const isOf = (indexes: readonly number[]) => {
    const sequences = new Set(indexes.map((index) => index + 1));
    return ({ sequence }: PostingPlace) => sequences.has(sequence);
  };

  test('takes the tokens of exactly those exchanges out of every row', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 999 }), { minLength: 1, maxLength: 400 }), (deleted) => {
        const rows = filled();
        expect(rows.state.segments.size).toBe(1);
        rows.change({ put: [], isDeleted: isOf(deleted) });
        const left = rows.tokens(all.map((_, index) => own(index)));
        const gone = new Set(deleted);
        expect(left).toEqual(all.flatMap((_, index) => (gone.has(index) ? [] : [own(index)])));
      }),
      { numRuns: 10 },
    );
  });

  test('goes on where a row is damaged, and leaves nothing of that row', () => {
    const rows = filled();
    const [key, row] = [...rows.rows][0] ?? [];
    if (key === undefined || row === undefined) throw new Error('no row');
    rows.rows.set(key, { ...row, bytes: Uint8Array.of(255, 255, 255, 255) });
    const before = rows.rows.size;
    rows.change({ put: [], isDeleted: isOf([500]) });
    expect(rows.rows.has(key)).toBe(false);
    expect(rows.rows.size).toBe(before - 1);
  });

  test('of all leaves nothing, and a rewriting leaves nothing of what was there before', () => {
    const rows = filled();
    const [first] = all;
    if (first === undefined) throw new Error('none');
    rows.change({ put: [{ ...first, tokens: packTokens([bytesOf(8n)]) }] });
    expect(rows.tokens([own(0), 8n, own(1)])).toEqual([8n, own(1)]);
    rows.change({ put: [{ ...first, tokens: new Uint8Array(0) }] });
    expect(rows.tokens([own(0), 8n])).toEqual([]);
    rows.change({ put: [], isDeleted: () => true });
    expect(rows.rows.size + rows.state.recent.size + rows.state.segments.size).toBe(0);
  });
});
