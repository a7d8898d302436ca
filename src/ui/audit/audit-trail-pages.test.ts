import { describe, expect, test } from 'vitest';
import type { AuditEntryView } from '../../agent/contracts/history-views.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { chosenEntries, formatAuditFilter, parseAuditFilter } from './audit-filter.ts';
import { AuditTrailPages } from './audit-trail-pages.ts';

const broken = new ParleyError('storage_failed', 'The disk is broken.');

function entry(index: number): AuditEntryView {
  return {
    index,
    at: index,
    kind: index % 2 === 0 ? 'message' : 'handshake',
    peerId: index % 3 === 0 ? 'scout_agent' : 'helper_agent_001',
    sessionId: `${index % 5}`.repeat(32),
    words: 'Something happened.',
    hash: index.toString(16).padStart(64, '0'),
    text: '{}',
  };
}

/** A trail that can grow, and what reads it. */
function trailOf(count: number) {
  const entries = Array.from({ length: count }, (_, index) => entry(index));
  return {
    grow: (by: number) => {
      for (let more = 0; more < by; more++) entries.push(entry(entries.length));
    },
    load: async (before = entries.length, size = 200) => ({
      head: { length: entries.length, hash: entries.at(-1)?.hash ?? '' },
      entries: entries.slice(Math.max(0, before - size), before).reverse(),
    }),
  };
}

const downFrom = (newest: number, to: number) => Array.from({ length: newest - to + 1 }, (_, at) => newest - at);
const indexesOf = (trail: AuditTrailPages) => trail.store.getState().entries.map(({ index }) => index);

describe('the audit trail on the page', () => {
  test('is read from its end to its beginning, and no further', async () => {
    const trail = new AuditTrailPages(trailOf(25).load, 10);
    await trail.refresh();
    expect(indexesOf(trail)).toEqual(downFrom(24, 15));
    for (let turn = 0; turn < 4; turn++) await trail.older();
    expect(indexesOf(trail)).toEqual(downFrom(24, 0));
    expect(trail.store.getState().head?.length).toBe(25);
  });

  test('what is added goes before what was read, without a gap, however much it is', async () => {
    const { grow, load } = trailOf(12);
    const trail = new AuditTrailPages(load, 10);
    await trail.refresh();
    grow(35);
    await Promise.all([trail.refresh(), trail.older(), trail.refresh()]);
    expect(indexesOf(trail)).toEqual(downFrom(46, 0));
    expect(trail.store.getState().head?.length).toBe(47);
  });

  test('what could not be read is told until it was read once more', async () => {
    const { load } = trailOf(25);
    let isBroken = true;
    const trail = new AuditTrailPages((before, count) => (isBroken ? Promise.reject(broken) : load(before, count)), 10);
    await trail.refresh();
    expect(trail.store.getState()).toMatchObject({
      entries: [],
      isLoading: false,
      failure: { code: 'storage_failed' },
    });
    const again = trail.again();
    expect(trail.store.getState().failure?.code).toBe('storage_failed');
    await again;
    isBroken = false;
    await trail.again();
    expect(indexesOf(trail)).toEqual(downFrom(24, 15));
    expect(trail.store.getState().failure).toBe(undefined);

    isBroken = true;
    await trail.older();
    expect(trail.store.getState().failure?.code).toBe('storage_failed');
    isBroken = false;
    await trail.again();
    expect(indexesOf(trail)).toEqual(downFrom(24, 5));
  });

  test('an empty trail has no entries and a head of length 0', async () => {
    const trail = new AuditTrailPages(trailOf(0).load);
    await trail.refresh();
    expect(trail.store.getState()).toMatchObject({ entries: [], isLoading: false, head: { length: 0 } });
  });
});

describe('the filter of the audit trail', () => {
  test('is read back from an address', () => {
    const filter = { kind: 'message', peer: 'helper_agent_001', session: 'a1b2' };
    expect(parseAuditFilter(formatAuditFilter(filter))).toEqual(filter);
    expect(formatAuditFilter(parseAuditFilter(undefined))).toBe('');
  });

  test('chooses by kind, peer and the beginning of a session', () => {
    const entries = downFrom(29, 0).map(entry);
    const chosen = chosenEntries(entries, { kind: 'message', peer: 'scout_agent', session: '22' });
    expect(chosen.map(({ index }) => index)).toEqual([12]);
    expect(chosenEntries(entries, parseAuditFilter(''))).toBe(entries);
  });
});
