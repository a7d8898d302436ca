import type { AgentId } from '../../protocol/bytes.ts';
import { isAgentId } from '../../protocol/ids.ts';
import type { ReadNames } from './directory-names.ts';

/** Names that are looked at in one page before a gap is searched for with single look-ups. */
const firstLook = 32;
const longestName = 63;

/**
 * Returns a numbered name with `stem` that the directory does not list: `traveller_agent_` gives `traveller_agent_001`. It has
 * the lowest free number up to 32, or one whose predecessor is taken. `skip` leaves out that many free numbers, so that not
 * all who ask at once get the same one. A revoked name stays taken. Reads one page, and some 2 log n single names when the
 * first 32 are taken. Rejects as `read` does.
 */
export async function freeName(stem: string, read: ReadNames, skip = 0): Promise<AgentId> {
  const page = (await read(predecessor(nameOf(stem, 1)), firstLook)).map(({ agentId }) => agentId);
  const listed = new Set(page);
  const last = page.at(-1) ?? '';
  const isTaken = async (number: number) => {
    const name = nameOf(stem, number);
    if (listed.has(name)) return true;
    if (listed.size < firstLook || name < last) return false;
    return isListed(name, read);
  };
  let free = await firstFree(isTaken);
  for (let left = skip; left > 0; left -= 1) {
    free += 1;
    while (await isTaken(free)) free += 1;
  }
  return nameOf(stem, free);
}

/** Returns what the numbered names beside `agentId` begin with: `scout` gives `scout_`, `agent_009` gives `agent_`. */
export function stemOf(agentId: string): string {
  const stem = agentId.replace(/\d+$/, '');
  return stem.endsWith('_') ? stem : `${stem}_`;
}

/** True when the directory lists this name, active or revoked. Rejects as `read` does. */
export async function isListed(name: AgentId, read: ReadNames): Promise<boolean> {
  return (await entryOf(name, read)) !== undefined;
}

/** Returns what the directory says of a name; undefined for one that is free. Rejects as `read` does. */
export async function entryOf(name: AgentId, read: ReadNames) {
  return (await read(predecessor(name), 1)).find(({ agentId }) => agentId === name);
}

async function firstFree(isTaken: (number: number) => Promise<boolean>): Promise<number> {
  let taken = 0;
  while (taken < firstLook && (await isTaken(taken + 1))) taken += 1;
  if (taken < firstLook) return taken + 1;
  let free = firstLook * 2;
  while (await isTaken(free)) {
    taken = free;
    free *= 2;
  }
  while (free - taken > 1) {
    const middle = Math.floor((free + taken) / 2);
    if (await isTaken(middle)) taken = middle;
    else free = middle;
  }
  return free;
}

/** Returns the last name of any length that comes before `name`, or the beginning of one, in the directory. */
export function predecessor(name: string): string {
  const code = name.charCodeAt(name.length - 1);
  const before = characters[characters.indexOf(String.fromCharCode(code)) - 1];
  const start = name.slice(0, -1);
  return before === undefined ? start : (start + before).padEnd(longestName, 'z');
}

/** What a name is made of, in the directory's order. */
const characters = '0123456789_abcdefghijklmnopqrstuvwxyz';

function nameOf(stem: string, number: number): AgentId {
  const digits = String(number).padStart(3, '0');
  const name = stem.slice(0, longestName - digits.length) + digits;
  if (!isAgentId(name)) throw new RangeError('The stem cannot begin a name.');
  return name;
}
