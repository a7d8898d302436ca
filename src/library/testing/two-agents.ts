import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { startTestServer } from '../../server/testing/server.ts';
import { Agent, type Json, type RequestInfo } from '../node.ts';

/** An agent that answers and one that asks, at a server of their own. */
export interface TwoAgents {
  readonly hosting: Agent;
  readonly guest: Agent;
  /** A folder of the test's own, which ends with them. */
  readonly folder: string;
  readonly server: string;
  /** What `onError` of the one that answers has heard. */
  readonly heard: unknown[];
  end(): Promise<void>;
}

/** The agent_id of the one that answers. */
export const host = 'host_agent_001';

/** Opens both. */
export async function twoAgents(): Promise<TwoAgents> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-two-'));
  const server = await startTestServer();
  const heard: unknown[] = [];
  const onError = (error: unknown) => heard.push(error);
  const hosting = await Agent.open({ id: host, server: server.url, folder: join(folder, 'host'), onError });
  const guest = await Agent.open({ id: 'guest_agent_001', server: server.url, folder: join(folder, 'guest') });
  const end = async () => {
    await Promise.all([guest.close(), hosting.close()]);
    await server.end();
    await rm(folder, { recursive: true });
  };
  return { hosting, guest, folder, server: server.url, heard, end };
}

/** Returns bytes that differ from one place to the next. */
export function material(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

/** Returns a handler that counts until it is ended, and what has become of it. */
export function counting() {
  const told = { count: 0, isOver: false, signal: undefined as AbortSignal | undefined };
  async function* count(_: Json, { signal }: RequestInfo): AsyncGenerator<number> {
    told.signal = signal;
    try {
      for (; !signal.aborted; await setImmediate()) yield told.count++;
    } finally {
      told.isOver = true;
    }
  }
  return { told, count };
}

/** Returns all that a loop gets. */
export async function items<Item>(answer: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of answer) found.push(item);
  return found;
}
