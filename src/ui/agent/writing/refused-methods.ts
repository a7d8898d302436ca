import type { ExchangeView } from '../../../agent/contracts/views.ts';

/** Returns the methods that a peer said last that it has no handler for, in the order in which they were first asked. */
export function refusedMethods(exchanges: readonly ExchangeView[], peerId: string): readonly string[] {
  const isRefused = new Map<string, boolean>();
  for (const { direction, peerId: peer, method, status, error } of exchanges) {
    if (direction !== 'outgoing' || peer !== peerId) continue;
    // What failed or still waits says nothing about the peer's methods.
    if (status === 'success' || status === 'error') isRefused.set(method, error?.code === 'unknown_method');
  }
  return [...isRefused].filter(([, refused]) => refused).map(([method]) => method);
}
