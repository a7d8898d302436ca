import type { Role } from '../state/role-names.ts';

/** Returns the address that opens an agent of a role: this browser's own or, where it has none or `isNew`, one with the next free name. */
export function roleAddress(role: Role, isNew = false): string {
  return `/open/${role}${isNew ? '?new' : ''}`;
}
