import type { AgentId } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { keepsAnything, knownAgents } from '../../storage/indexeddb/known-agents.ts';
import { nameForRole, type Role } from './role-names.ts';

/** The names that this page chose itself and that may not be registered yet, and what each was chosen for. */
const chosen = new Map<string, Role>();
/** How often a name chosen for a role was taken by somebody else before it was registered here. */
const collisions = new Map<Role, number>();

/** Returns the name to open for a role, as `nameForRole` does, and remembers that a person asked for no name in particular. */
export async function chooseName(role: Role, isNew = false): Promise<AgentId> {
  const name = await nameForRole(role, { isNew, skip: spread(collisions.get(role) ?? 0) });
  // What this browser has registered is its agent, whatever a Controller says of the name later.
  if (await isRegisteredHere(name)) chosen.delete(name);
  else chosen.set(name, role);
  return name;
}

/** Notes that a name belongs to this browser's keys, or may: from now on it is no longer one that the page merely chose. */
export function nameIsOurs(agentId: string): void {
  chosen.delete(agentId);
}

/** True when this browser has registered the name, and when nobody can say. */
async function isRegisteredHere(name: AgentId): Promise<boolean> {
  try {
    const known = await knownAgents();
    return known.some(({ agentId, signingFingerprint }) => agentId === name && signingFingerprint !== undefined);
  } catch (cause) {
    if (cause instanceof ParleyError) return true;
    throw cause;
  }
}

/** Returns what a name was chosen for; undefined for one that a person asked for. */
export function chosenRole(agentId: string): Role | undefined {
  return chosen.get(agentId);
}

/** Notes that somebody else has registered a chosen name first: the next choice is from a wider range. */
export function nameWasTaken(agentId: string): void {
  const role = chosen.get(agentId);
  if (role === undefined) return;
  chosen.delete(agentId);
  collisions.set(role, (collisions.get(role) ?? 0) + 1);
}

/**
 * True when forgetting an agent loses nothing but keys that were never registered; false also where the browser’s storage cannot
 * tell.
 */
export async function mayBeForgotten(agentId: string): Promise<boolean> {
  try {
    return !(await keepsAnything(agentId));
  } catch (cause) {
    if (cause instanceof ParleyError) return false;
    throw cause;
  }
}

/** Returns how many free names to leave out: 0 at first, then one of 4, 16 and at most 64, so that a class finds names in few tries. */
function spread(tries: number): number {
  if (tries === 0) return 0;
  const [random = 0] = crypto.getRandomValues(new Uint8Array(1));
  return random % 4 ** Math.min(tries, 3);
}
