import type { Network } from '../../agent/contracts/ports.ts';

/** Milliseconds that a relay has to answer over plain HTTP. */
const deadlineMs = 5_000;

/**
 * True when plain HTTP reaches the relay and it would take a WebSocket: where none opens all the same, something in between
 * stops it. A browser does not tell a page why a WebSocket did not open.
 */
export async function wouldTakeWebSocket(network: Network, relay: string): Promise<boolean> {
  try {
    const response = await network.send(new Request(`${relay}/relay/connect`), deadlineMs);
    await response.body?.cancel();
    return response.status === 426;
  } catch {
    // Nobody answers over HTTP either: the reason is another one.
    return false;
  }
}
