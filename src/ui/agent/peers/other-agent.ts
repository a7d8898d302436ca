/** Returns the agent to open beside another: Helper, or Traveller beside Helper itself. */
export function otherAgent(agentId: string): string {
  return agentId === 'helper_agent_001' ? 'traveller_agent_001' : 'helper_agent_001';
}
