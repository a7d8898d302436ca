import { expect, test } from 'vitest';
import { names } from '../testing/pair.ts';
import { TestWorld } from '../testing/world.ts';

test.each([
  [413, 'message_too_large'],
  [429, 'rate_limited'],
  [502, 'peer_unreachable'],
  [503, 'peer_unreachable'],
  [504, 'peer_unreachable'],
  [404, 'invalid_answer'],
  [200, 'invalid_answer'],
])('a page that a proxy gives with HTTP %i is called what it is: %s', async (status, code) => {
  const world = await TestWorld.create();
  const { traveller } = await world.pair();
  world.tamper = async (request, next) =>
    request.url.endsWith('/agent/handshake')
      ? new Response('<html>nginx</html>', { status, headers: { 'content-type': 'text/html' } })
      : next(request);
  await expect(traveller.connect(names.helper)).rejects.toMatchObject({ code });
});
