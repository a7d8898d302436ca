import { connect, type NatsConnection, type Status } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BucketWatch } from './bucket-watch.ts';
import { NatsLink } from './link.ts';
import { hasNats, type NatsServer, startNats } from './testing/nats-server.ts';

/** Milliseconds that each question takes: a load has three, longer in all than the pause after one that failed. */
const slowMs = 300;

/** A link over which each question takes its time. */
class SlowLink extends NatsLink {
  override async whileUp<T>(work: () => Promise<T>): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, slowMs));
    return super.whileUp(work);
  }
}

describe.runIf(hasNats)('a watch of a bucket', () => {
  let nats: NatsServer;
  let connection: NatsConnection;
  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url });
  });
  afterAll(async () => {
    await connection.close();
    await nats.end();
  });

  test('loads once after outages that came while it was loading, and stays whole', async () => {
    let say: (status: Status) => void = () => undefined;
    const said = new ReadableStream<Status>({
      start: (controller) => {
        say = (status) => controller.enqueue(status);
      },
    });
    // The link is the first that listens; what JetStream hears is the truth.
    const status = vi.fn(() => connection.status()).mockImplementationOnce(() => said);
    const told: NatsConnection = Object.create(connection, { status: { value: status } });
    const link = new SlowLink(told);
    const whole = vi.fn();
    const listener = { heard: () => undefined, whole, failed: () => undefined };
    const watch = await BucketWatch.open(link, 'slowly', { history: 1 }, listener);
    const lose = async () => {
      say({ type: 'disconnect', server: nats.url });
      await vi.waitFor(() => expect(link.isUp).toBe(false), { timeout: 10_000 });
    };
    const comeBack = async () => {
      say({ type: 'reconnect', server: nats.url });
      await vi.waitFor(() => expect(link.isUp).toBe(true), { timeout: 10_000 });
    };
    for (let times = 0; times < 2; times += 1) {
      await lose();
      await comeBack();
    }
    await vi.waitFor(() => watch.whole(), { timeout: 20_000 });
    const loads = whole.mock.calls.length;
    for (let times = 0; times < 10; times += 1) await watch.catchUp();
    expect(whole).toHaveBeenCalledTimes(loads);
    watch.close();
  });
});
