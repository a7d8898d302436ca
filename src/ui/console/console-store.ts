import { createStore, type StoreApi } from 'zustand';
import type { Output } from '../../console/agent.ts';

/** Entries and typed lines that are held; the oldest go first. */
export const most = { entries: 1_000, history: 200 } as const;

/** Something in the log: a line that was typed, or what a command said. `id` counts up. */
export type Entry =
  | { readonly id: number; readonly at: number; readonly typed: string }
  | { readonly id: number; readonly at: number; readonly said: Exclude<Output, { readonly clear: true }> };

/** The console of one agent. */
export interface ConsoleState {
  readonly open: boolean;
  readonly entries: readonly Entry[];
  /** Lines that were typed, the newest last. */
  readonly history: readonly string[];
  /** The command that runs now. */
  readonly running?: string;
  /** Commands that wait for it. */
  readonly waiting: readonly string[];
}

const stores = new Map<string, StoreApi<ConsoleState>>();
let entries = 0;

/** Returns the console of an agent: it is held for as long as the page is open, whatever is shown meanwhile. */
export function consoleStoreOf(agentId: string): StoreApi<ConsoleState> {
  const store =
    stores.get(agentId) ?? createStore<ConsoleState>(() => ({ open: false, entries: [], history: [], waiting: [] }));
  stores.set(agentId, store);
  return store;
}

type Added = { readonly typed: string } | { readonly said: Exclude<Output, { readonly clear: true }> };

/** Adds to the log. */
export function add(store: StoreApi<ConsoleState>, added: Added): void {
  entries += 1;
  const entry = { id: entries, at: Date.now(), ...added };
  store.setState((state) => ({ entries: [...state.entries, entry].slice(-most.entries) }));
}
