import type { AgentId, SessionId } from './bytes.ts';

const agentIdPattern = /^[a-z][a-z0-9_]{2,62}$/;
const sessionIdPattern = /^[0-9a-f]{32}$/;

/** True for `[a-z][a-z0-9_]{2,62}` (protocol page, section 1). */
export function isAgentId(text: string): text is AgentId {
  return agentIdPattern.test(text);
}

/** True for 32 lowercase hex digits (protocol page, section 1). */
export function isSessionId(text: string): text is SessionId {
  return sessionIdPattern.test(text);
}
