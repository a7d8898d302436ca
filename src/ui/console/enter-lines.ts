import type { StoreApi } from 'zustand';
import type { ConsoleAgent } from '../../console/agent.ts';
import { runLine } from '../../console/run.ts';
import { add, type ConsoleState, most } from './console-store.ts';

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
