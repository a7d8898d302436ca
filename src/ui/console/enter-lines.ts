import type { StoreApi } from 'zustand';
import type { ConsoleAgent } from '../../console/agent.ts';
import { isUrgent, runLine } from '../../console/run.ts';
import { add, type ConsoleState, most } from './console-store.ts';

/** Runs lines one after the other, after those that are waiting already; what ends a line that runs waits for none. */
export function enterLines(store: StoreApi<ConsoleState>, agent: ConsoleAgent, lines: readonly string[]): void {
  const { running } = store.getState();
  const urgent = running === undefined ? [] : lines.filter(isUrgent);
  store.setState(({ waiting, history }) => ({
    waiting: [...waiting, ...lines.filter((line) => !urgent.includes(line))],
    history: [...history, ...lines.filter((line) => line.trim() !== '')].slice(-most.history),
  }));
  for (const line of urgent) void run(store, agent, line);
  if (running === undefined) void runWaiting(store, agent);
}

async function run(store: StoreApi<ConsoleState>, agent: ConsoleAgent, line: string): Promise<void> {
  add(store, { typed: line });
  await runLine(agent, line, (output) => {
    if ('clear' in output) store.setState({ entries: [] });
    else add(store, { said: output });
  });
}

async function runWaiting(store: StoreApi<ConsoleState>, agent: ConsoleAgent): Promise<void> {
  for (;;) {
    const [line, ...waiting] = store.getState().waiting;
    if (line === undefined) {
      store.setState(({ running: _, ...rest }) => rest, true);
      return;
    }
    store.setState({ running: line, waiting });
    await run(store, agent, line);
  }
}
