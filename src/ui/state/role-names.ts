import { agentsInUse } from '../../platform/agent-lock.ts';
import type { AgentId } from '../../protocol/bytes.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { type KnownAgent, knownAgents } from '../../storage/indexeddb/known-agents.ts';
import { type ReadNames, readNames } from './directory-names.ts';
import { entryOf, freeName } from './free-names.ts';

/** The two agents of a demonstration, each under a name of its own in every browser. */
const roles = ['traveller', 'helper'] as const;
export type Role = (typeof roles)[number];

/** What an agent in a role is called. */
export const roleNames: Readonly<Record<Role, string>> = { traveller: 'Traveller', helper: 'Helper' };

const stems: Readonly<Record<Role, string>> = { traveller: 'traveller_agent_', helper: 'helper_agent_' };

/** What a name is chosen from. */
export interface NameSources {
  readonly read: ReadNames;
  readonly known: () => Promise<readonly KnownAgent[]>;
  readonly inUse: () => Promise<ReadonlySet<string>>;
}

/** What is asked for. */
export interface NameWish {
  /** A name without keys in this browser, also where there is a usable one. */
  readonly isNew?: boolean;
  /** Free names to leave out, so that many browsers that ask at once do not all get the same one. */
  readonly skip?: number;
}

const here: NameSources = { read: readNames, known: knownAgents, inUse: agentsInUse };

/** True for the name of a role. */
export function isRole(text: string): text is Role {
  return roles.some((role) => role === text);
}

/** True when `agentId` is a name that this role gets. */
export function isOfRole(role: Role, agentId: string): boolean {
  return agentId.startsWith(stems[role]) && /^\d+$/.test(agentId.slice(stems[role].length));
}

/** Returns the other role of a demonstration: Helper, or Traveller beside a Helper. */
export function otherRole(agentId: string): Role {
  return isOfRole('helper', agentId) ? 'traveller' : 'helper';
}

/**
 * Returns the name to open for a role: of the agents of this browser the last used one that is registered, not revoked and not
 * open in a tab, else the next name that is free. Where the directory cannot be read an agent of this browser is taken as it is.
 * Rejects with `controller_unreachable` when there is none.
 */
export async function nameForRole(role: Role, wish: NameWish = {}, sources = here): Promise<AgentId> {
  if (wish.isNew !== true) {
    const own = await ownName(role, sources);
    if (own !== undefined) return own;
  }
  return freeName(stems[role], sources.read, wish.skip);
}

async function ownName(role: Role, { read, known, inUse }: NameSources): Promise<AgentId | undefined> {
  const [agents, busy] = await Promise.all([known(), inUse()]);
  for (const { agentId, signingFingerprint } of agents) {
    if (!isAgentId(agentId) || !isOfRole(role, agentId) || busy.has(agentId)) continue;
    const isRegistered = signingFingerprint !== undefined;
    const entry = await entryOf(agentId, read).catch((cause: unknown) => {
      if (isRegistered) return undefined;
      throw cause;
    });
    // One that is not registered has its name only as long as nobody else takes it.
    if (isRegistered ? entry?.status !== 'revoked' : entry === undefined) return agentId;
  }
  return undefined;
}
