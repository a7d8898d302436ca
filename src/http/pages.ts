import { isAgentId } from '../protocol/ids.ts';

/** The paths of the app's pages, as its router reads them: whatever is served elsewhere is no page. */
export const pages = {
  home: '/',
  both: '/both/:left?/:right?',
  open: '/open/:role',
  admin: '/admin',
  lab: '/lab/:scenario?/:attempt?',
  trace: '/trace/*?',
  agent: '/agent/:agentId/*?',
} as const;

/** Parts of a path that are agent_ids. */
const names: ReadonlySet<string> = new Set([':agentId', ':left?', ':right?']);

/** True for a path, without its query, that the app has a page at. */
export function isPage(path: string): boolean {
  const parts = path.split('/').slice(1);
  // One slash at the end changes nothing, for the router neither.
  if (parts.length > 1 && parts.at(-1) === '' && parts.at(-2) !== '') parts.pop();
  return Object.values(pages).some((page) => fits(page.split('/').slice(1), parts));
}

function fits([wanted, ...others]: readonly string[], [part, ...rest]: readonly string[]): boolean {
  if (wanted === undefined) return part === undefined;
  if (wanted === '*?') return true;
  if (part === undefined) return wanted.endsWith('?') && fits(others, []);
  if (names.has(wanted)) return isAgentId(part) && fits(others, rest);
  return (wanted === part || (wanted.startsWith(':') && part !== '')) && fits(others, rest);
}
