const prefix = 'urn:parley:agent:';

/** Returns the URI by which a certificate names its agent (protocol page, section 2). */
export function agentUrn(agentId: string): string {
  return prefix + agentId;
}

/** Returns the agent_id in `uri`, or undefined when the URI does not name an agent. */
export function agentIdOfUrn(uri: string): string | undefined {
  return uri.startsWith(prefix) ? uri.slice(prefix.length) : undefined;
}
