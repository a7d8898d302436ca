const prefix = 'urn:parley:agent:';

/** The URI by which a certificate names its agent (protocol page, section 2). */
export function agentUrn(agentId: string): string {
  return prefix + agentId;
}

/** The agent_id in `uri`, when it is one that names an agent. */
export function agentIdOfUrn(uri: string): string | undefined {
  return uri.startsWith(prefix) ? uri.slice(prefix.length) : undefined;
}
