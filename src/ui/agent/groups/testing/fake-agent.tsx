import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createStore } from 'zustand';
import type { AgentEvent } from '../../../../agent/contracts/views.ts';
import type { Operations } from '../../../../engine/operations.ts';
import { operationsThrough } from '../../../../engine/operations.ts';
import { ParleyError } from '../../../../protocol/errors.ts';
import { type AgentState, applyEvents, emptyAgentState } from '../../../state/agent-state.ts';
import { HostedProvider } from '../../../state/hosted.ts';
import type { HostedAgent } from '../../../state/hosted-agent.ts';

/** What the operations of a fake agent answer, by their names. */
type Answering = { readonly [Name in keyof Operations]?: (...args: Parameters<Operations[Name]>) => unknown };

/** One call of an operation. */
interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** An agent without an engine, for tests of what a page shows: its state is what the test says, its operations are noted. */
export class FakeAgent {
  readonly calls: Call[] = [];
  readonly hosted: HostedAgent;
  readonly #listeners = new Set<(event: AgentEvent) => void>();

  constructor(state: Partial<AgentState>, answering: Answering = {}) {
    const answers = new Map(Object.entries(answering));
    const operations = operationsThrough(async (name, args) => {
      this.calls.push({ name, args });
      const answer = answers.get(name);
      if (answer === undefined) throw new ParleyError('unavailable', `This test has no answer for ${name}.`);
      return Reflect.apply(answer, undefined, args);
    });
    const store = createStore<AgentState>(() => ({ ...emptyAgentState, ...state }));
    this.hosted = {
      agentId: 'traveller_agent_001',
      address: 'https://localhost:5000',
      engine: {
        ...operations,
        agentId: 'traveller_agent_001',
        subscribe: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
        close: () => undefined,
      },
      store,
      otherEnds: { store: createStore(() => ({})), ask: () => undefined, close: () => undefined },
      stopCounting: () => undefined,
      clear: async () => undefined,
    };
  }

  /** Tells of what happens, as an engine does. */
  tell(...events: readonly AgentEvent[]): void {
    this.hosted.store.setState((state) => applyEvents(state, events));
    for (const listener of this.#listeners) for (const event of events) listener(event);
  }

  /** Returns the arguments of each call of an operation. */
  callsOf(name: keyof Operations): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map(({ args }) => args);
  }

  /** Gives the agent to what is shown. */
  around(children: ReactNode): ReactNode {
    const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    return (
      <QueryClientProvider client={client}>
        <HostedProvider value={this.hosted}>{children}</HostedProvider>
      </QueryClientProvider>
    );
  }
}
