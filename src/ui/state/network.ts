import { create } from 'zustand';
import { failureOf } from './failure.ts';

/** Whether requests of this page reach agents and the Controller yet. */
interface NetworkState {
  readonly status: 'starting' | 'ready' | 'failed';
  /** Why it failed and what to do. */
  readonly reason: string;
}

export const useNetwork = create<NetworkState>(() => ({ status: 'starting', reason: '' }));

let started: Promise<void> | undefined;

/** Starts the mock network of this page, once; after a failure it tries anew. Settles when the outcome is known. */
export function startNetwork(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  useNetwork.setState({ status: 'starting', reason: '' });
  try {
    const { startMockNetwork } = await import('../../mocks/start.ts');
    await startMockNetwork();
    useNetwork.setState({ status: 'ready' });
  } catch (cause) {
    started = undefined;
    useNetwork.setState({ status: 'failed', reason: failureOf(cause).detail });
  }
}
