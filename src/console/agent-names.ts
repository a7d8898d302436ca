/** Names that are listed before the rest is only counted. */
const usuallyListed = 4;

/** Returns agent_ids as one text: `a`, `a and b`, `a, b and 12 others`. */
export function namesOf(agentIds: readonly string[], listed = usuallyListed): string {
  if (agentIds.length <= 1) return agentIds[0] ?? 'nobody';
  const shown = agentIds.length <= listed ? agentIds.slice(0, -1) : agentIds.slice(0, listed);
  const rest = agentIds.length - shown.length;
  const last = rest === 1 ? agentIds.at(-1) : `${rest} others`;
  return `${shown.join(', ')} and ${last}`;
}
