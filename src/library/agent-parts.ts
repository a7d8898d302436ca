import type { Emitter } from '../agent/contracts/emitter.ts';
import { notReady } from '../agent/contracts/failures.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import type { MethodRegistry } from '../agent/messages/methods.ts';
import type { SaveFile } from '../host/platform.ts';
import type { Report } from './error-listener.ts';
import { Groups } from './groups.ts';
import type { HeldAgent } from './held-agent.ts';

/** What an agent is made from once it is open. */
export interface AgentParts {
  readonly held: HeldAgent;
  readonly methods: MethodRegistry;
  /** Everything that happens, from before it was opened. */
  readonly events: Emitter<AgentEvent>;
  readonly groups: Groups;
  readonly save: SaveFile | undefined;
}

/** Returns the groups of the agent that `held` gives, once it is open. */
export function groupsThrough(events: Emitter<AgentEvent>, report: Report, held: () => HeldAgent | undefined): Groups {
  return new Groups({
    events,
    report,
    ask: async (work) => {
      const agent = held();
      if (agent === undefined) throw notReady();
      return agent.ask(async (opened) => work(opened.agent));
    },
    opened: () => held()?.opened?.agent,
  });
}
