import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { NatsLink } from '../../storage/nats/link.ts';
import { Seal } from '../../storage/nats/seal.ts';
import { hasNats, type NatsServer, startNats } from '../../storage/nats/testing/nats-server.ts';
import { GroupClock } from './clock.ts';

const hours = 3_600_000;

describe.runIf(hasNats)('clocks of a group', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.end());

  /** One clock for each offset, compared when all are there; what each says of itself. */
  async function verdicts(offsets: readonly number[], natsOffset = 0): Promise<(string | undefined)[]> {
    const seal = new Seal(createSecretKey(crypto.getRandomValues(new Uint8Array(32))));
    const links: NatsLink[] = [];
    const clocks: GroupClock[] = [];
    for (const [at, offset] of offsets.entries()) {
      const link = await NatsLink.open({ urls: nats.url });
      links.push(link);
      const clock = await GroupClock.start({
        link,
        seal,
        server: `server ${at}`,
        now: () => Date.now() + offset,
        natsTime: async () => Date.now() + natsOffset,
        changed: () => undefined,
        failed: (error) => expect.fail(String(error)),
      });
      clocks.push(clock);
    }
    for (const clock of clocks) await clock.compare();
    const said = clocks.map(({ trouble }) => trouble?.detail);
    for (const clock of clocks) clock.close();
    for (const { connection } of links) await connection.close();
    return said;
  }
  const isWrong = (said: string | undefined) => said !== undefined;

  test('that agree within what the messages take hold nobody up', async () => {
    expect(await verdicts([0, 5_000, -5_000])).toEqual([undefined, undefined, undefined]);
  });

  test('name the one that is two hours behind, also when there are two servers', async () => {
    const [right, behind] = await verdicts([0, -2 * hours]);
    expect(right).toBeUndefined();
    expect(behind).toMatch(/^The clock of this server is 7200 s behind the others/);
    expect((await verdicts([0, 0, 2 * hours])).map(isWrong)).toEqual([false, false, true]);
  });

  test('of a lone server is held against NATS’s, and a wrong one of NATS against two servers', async () => {
    expect((await verdicts([-2 * hours])).map(isWrong)).toEqual([true]);
    // A server that answers too late on a busy machine is not counted: then NATS's clock decides.
    await vi.waitFor(async () => expect((await verdicts([0, 0], 2 * hours)).map(isWrong)).toEqual([false, false]), {
      timeout: 30_000,
    });
  });

  test('of somebody without the group’s key count nothing', async () => {
    const link = await NatsLink.open({ urls: nats.url });
    link.connection.subscribe('parley.clock', {
      callback: (_, message) => void message.respond(JSON.stringify({ server: 'x', now: 1 })),
    });
    await link.connection.flush();
    expect(await verdicts([0, 0])).toEqual([undefined, undefined]);
    await link.connection.close();
  });
});
