import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { AgentState } from './agent-state.ts';
import { enterAgent, type HostedAgent, leaveAgent } from './hosted-agent.ts';
import { useNetwork } from './network.ts';

const Hosted = createContext<HostedAgent | undefined>(undefined);

/** Gives the agent to everything inside. */
export const HostedProvider = Hosted.Provider;

/** Returns the agent that this part of the page shows. */
export function useHosted(): HostedAgent {
  const hosted = useContext(Hosted);
  if (hosted === undefined) throw new TypeError('This part of the page stands outside of any agent.');
  return hosted;
}

/** Returns a part of the agent's state; the component is drawn again when that part changes. */
export function useAgentState<T>(select: (state: AgentState) => T): T {
  return useStore(useHosted().store, select);
}

/** Hosts an agent while the component is on screen; undefined until the network is there. */
export function useHosting(agentId: string): HostedAgent | undefined {
  const isReady = useNetwork(({ status }) => status === 'ready');
  const [hosted, setHosted] = useState<HostedAgent>();
  useEffect(() => {
    if (!isReady) return;
    setHosted(enterAgent(agentId));
    return () => leaveAgent(agentId);
  }, [agentId, isReady]);
  return hosted?.agentId === agentId ? hosted : undefined;
}
