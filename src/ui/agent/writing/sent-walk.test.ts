import { expect, test } from 'vitest';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { textOfRequest, textRequest } from '../../../console/text-request.ts';
import { exchange } from '../exchange/testing/exchange.ts';
import { SentWalk } from './sent-walk.ts';

const said = (sequence: number, text: string, change: Partial<ExchangeView> = {}) =>
  exchange(sequence, { ...textRequest(text), ...change });

const storedTexts = ['first', 'second', 'third', 'fourth'].map((text, at) => said(at + 1, text));

/** A history of two pages. */
const load = async (before = 5) => ({
  exchanges: storedTexts.filter(({ sequence = 0 }) => sequence < before && sequence >= before - 2),
  ...(before - 2 > 1 ? { olderThan: before - 2 } : {}),
});

async function all(walk: SentWalk): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let back = 1; back <= 20; back++) {
    const text = await walk.at(back);
    if (text === undefined) break;
    texts.push(text);
  }
  return texts;
}

test('what was sent comes back from the newest to the oldest, from memory and then from the history', async () => {
  const walk = new SentWalk({ live: [said(5, 'fifth'), said(6, 'sixth')], load, written: textOfRequest });
  expect(await all(walk)).toEqual(['sixth', 'fifth', 'fourth', 'third', 'second', 'first']);
});

test('after a reload the history alone is walked', async () => {
  const walk = new SentWalk({ live: [], load, written: textOfRequest });
  expect(await all(walk)).toEqual(['fourth', 'third', 'second', 'first']);
});

test('equal neighbours are one, and what the peer said or what is no text is left out', async () => {
  const live = [
    said(5, 'twice'),
    said(6, 'twice'),
    said(7, 'theirs', { direction: 'incoming' }),
    exchange(8, { method: 'send_request', parameters: { query: 'more', than: 'text' } }),
    exchange(9, { method: 'echo', parameters: { query: 'another method' } }),
  ];
  const walk = new SentWalk({ live, load, written: textOfRequest });
  expect((await all(walk)).slice(0, 2)).toEqual(['twice', 'fourth']);
});

test('what could not be stored comes back too', async () => {
  const { sequence: _, ...unstored } = said(1, 'unstored');
  const walk = new SentWalk({ live: [unstored], load, written: textOfRequest });
  expect((await all(walk)).slice(0, 2)).toEqual(['unstored', 'fourth']);
});
