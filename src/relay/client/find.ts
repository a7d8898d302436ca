import * as v from 'valibot';
import type { Network } from '../../agent/contracts/ports.ts';

/** Milliseconds that a server has to name its group. */
const deadlineMs = 5_000;

const answer = v.object({ relays: v.pipe(v.array(v.pipe(v.string(), v.url())), v.minLength(1)) });

/**
 * Returns the relays that share their agents with `server`, itself first. One that does not answer is taken to be
 * alone.
 */
export async function findRelays(network: Network, server: string): Promise<readonly string[]> {
  try {
    const response = await network.send(new Request(`${server}/relay`), deadlineMs);
    const { relays } = v.parse(answer, await response.json());
    return [server, ...relays.filter((relay) => relay !== server)];
  } catch {
    return [server];
  }
}
