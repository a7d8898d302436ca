import { expect, test, vi } from 'vitest';
import { ListWatch } from './list-watch.ts';

test('a list that nobody can have is logged once, and again when it is there', async () => {
  const log = vi.fn();
  let answer = () => new Response('a list');
  const watch = new ListWatch(async () => answer(), log);
  await watch.look();
  expect(log).not.toHaveBeenCalled();
  answer = () => Response.json({ code: 'unavailable' }, { status: 503 });
  for (let times = 0; times < 3; times += 1) await watch.look();
  expect(log.mock.calls).toEqual([['error', 'list_unavailable', { status: 503 }]]);
  answer = () => new Response('a list');
  for (let times = 0; times < 3; times += 1) await watch.look();
  expect(log.mock.calls.slice(1)).toEqual([['info', 'list_available']]);
});
