/**
 * Returns the next name of a numbered agent: `traveller_agent_001` gives `traveller_agent_002`, `scout` gives
 * `scout_002`.
 */
export function nextAgentId(agentId: string): string {
  const [, stem = agentId, digits] = /^(.*?)(\d+)$/.exec(agentId) ?? [];
  if (digits === undefined) return `${agentId}_002`;
  return stem + String(BigInt(digits) + 1n).padStart(digits.length, '0');
}
