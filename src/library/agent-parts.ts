import type { Agent } from '../agent/agent.ts';
import type { Emitter } from '../agent/contracts/emitter.ts';
import { notReady } from '../agent/contracts/failures.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import type { MethodRegistry } from '../agent/messages/methods.ts';
import type { SaveFile } from '../host/platform.ts';
import type { Report } from './error-listener.ts';
import { Files } from './files.ts';
import { Groups } from './groups.ts';
import type { HeldAgent } from './held-agent.ts';

/** What an agent is made from once it is open. */
export interface AgentParts {
  readonly held: HeldAgent;
  readonly methods: MethodRegistry;
  /** Everything that happens, from before it was opened. */
  readonly events: Emitter<AgentEvent>;
  readonly groups: Groups;
  readonly files: Files;
  readonly save: SaveFile | undefined;
}

/** Returns the groups and the files of the agent that `held` gives, once it is open. */
export function partsThrough(events: Emitter<AgentEvent>, report: Report, held: () => HeldAgent | undefined) {
  const deps = {
    events,
    report,
    ask: async <T>(work: (agent: Agent) => T | Promise<T>): Promise<T> => {
      const agent = held();
      if (agent === undefined) throw notReady();
      return agent.ask(async (opened) => work(opened.agent));
    },
    opened: () => held()?.opened?.agent,
  };
  return { groups: new Groups(deps), files: new Files(deps) };
}
