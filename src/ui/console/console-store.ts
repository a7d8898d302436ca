import { createStore, type StoreApi } from 'zustand';
import type { ConsoleAgent, Output } from '../../console/agent.ts';
import { runLine } from '../../console/run.ts';

/** Entries and typed lines that are kept; the oldest go first. */
const most = { entries: 1_000, history: 200 } as const;

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

/** The console of an agent: kept for as long as the page is, whatever is looked at meanwhile. */
export function consoleStoreOf(agentId: string): StoreApi<ConsoleState> {
  const store =
    stores.get(agentId) ?? createStore<ConsoleState>(() => ({ open: false, entries: [], history: [], waiting: [] }));
  stores.set(agentId, store);
  return store;
}

/** Runs lines one after the other, after those that are waiting already. */
export function enterLines(store: StoreApi<ConsoleState>, agent: ConsoleAgent, lines: readonly string[]): void {
  const { running } = store.getState();
  store.setState(({ waiting, history }) => ({
    waiting: [...waiting, ...lines],
    history: [...history, ...lines.filter((line) => line.trim() !== '')].slice(-most.history),
  }));
  if (running === undefined) void runWaiting(store, agent);
}

async function runWaiting(store: StoreApi<ConsoleState>, agent: ConsoleAgent): Promise<void> {
  for (;;) {
    const [line, ...waiting] = store.getState().waiting;
    if (line === undefined) {
      store.setState(({ running: _, ...rest }) => rest, true);
      return;
    }
    store.setState({ running: line, waiting });
    add(store, { typed: line });
    await runLine(agent, line, (output) => {
      if ('clear' in output) store.setState({ entries: [] });
      else add(store, { said: output });
    });
  }
}

type Added = { readonly typed: string } | { readonly said: Exclude<Output, { readonly clear: true }> };

/** Adds to the log. */
export function add(store: StoreApi<ConsoleState>, added: Added): void {
  entries += 1;
  const entry = { id: entries, at: Date.now(), ...added };
  store.setState((state) => ({ entries: [...state.entries, entry].slice(-most.entries) }));
}
