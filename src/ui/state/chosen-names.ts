import type { AgentId } from '../../protocol/bytes.ts';
import { nameForRole, type Role } from './role-names.ts';

/** The names that this page chose itself and that may not be registered yet, and what each was chosen for. */
const chosen = new Map<string, Role>();
/** How often a name chosen for a role was taken by somebody else before it was registered here. */
const collisions = new Map<Role, number>();

/** Returns the name to open for a role, as `nameForRole` does, and remembers that a person asked for no name in particular. */
export async function chooseName(role: Role, isNew = false): Promise<AgentId> {
  const name = await nameForRole(role, { isNew, skip: spread(collisions.get(role) ?? 0) });
  chosen.set(name, role);
  return name;
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

/** Returns how many free names to leave out: 0 at first, then one of 4, 16 and at most 64, so that a class finds names in few tries. */
function spread(tries: number): number {
  if (tries === 0) return 0;
  const [random = 0] = crypto.getRandomValues(new Uint8Array(1));
  return random % 4 ** Math.min(tries, 3);
}
