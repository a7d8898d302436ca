import { create } from 'zustand';
import { ParleyError } from '../../protocol/errors.ts';
import { failureOf } from './failure.ts';
import { findRelays } from './relays.ts';

/** Whether requests of this page reach agents and the Controller yet. */
interface NetworkState {
  readonly status: 'starting' | 'ready' | 'failed';
  /** Why it failed and what to do. */
  readonly reason: string;
}

export const useNetwork = create<NetworkState>(() => ({ status: 'starting', reason: '' }));

let started: Promise<void> | undefined;

/** True in the app that a server serves; false where requests stay in this browser. */
export const isRealNetwork = import.meta.env.MODE === 'production';

/** Starts this page's network, once; after a failure it tries anew. Settles when the outcome is known. */
export function startNetwork(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  useNetwork.setState({ status: 'starting', reason: '' });
  try {
    if (isRealNetwork) {
      await findRelays();
    } else {
      const { startMockNetwork } = await import('../../mocks/start.ts').catch((cause: unknown) => {
        throw new ParleyError(
          'part_unavailable',
          'The part of Parley that sends messages could not be loaded. Reload the page when the server can be reached.',
          { cause },
        );
      });
      await startMockNetwork();
    }
    useNetwork.setState({ status: 'ready' });
  } catch (cause) {
    started = undefined;
    useNetwork.setState({ status: 'failed', reason: failureOf(cause).detail });
  }
}
