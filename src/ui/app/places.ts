/** The parts of an agent page. On a narrow screen each is a page of its own. */
export type Section = 'peers' | 'sessions' | 'talk';

/** How a session is looked at. */
export type SessionTab = 'conversation' | 'handshake' | 'wire';

/** Where in an agent a person is: the part of an address that follows the agent. */
export interface Place {
  readonly section: Section;
  readonly sessionId?: string;
  readonly tab: SessionTab;
  /** What is open in the tab: a message of the handshake, or an exchange on the wire. */
  readonly open?: string;
}

/** Where an agent page opens. */
export const startingPlace: Place = { section: 'talk', tab: 'conversation' };

const tabs: readonly SessionTab[] = ['conversation', 'handshake', 'wire'];

/** Reads what follows the agent in an address; undefined when no place is written so. */
export function parsePlace(text: string): Place | undefined {
  const parts = text.split('/').filter((part) => part !== '');
  if (parts.length === 0) return startingPlace;
  const [first, sessionId, tab = 'conversation', open] = parts;
  if (parts.length === 1 && (first === 'peers' || first === 'sessions')) return { section: first, tab: 'conversation' };
  const known = tabs.find((name) => name === tab);
  if (first !== 'session' || parts.length > 4 || known === undefined) return undefined;
  if (open !== undefined && (known === 'conversation' || !/^[\w-]{1,64}$/.test(open))) return undefined;
  if (sessionId === undefined || !/^[0-9a-f]{32}$/.test(sessionId)) return undefined;
  return { section: 'talk', sessionId, tab: known, ...(open === undefined ? {} : { open }) };
}

/** The address part of a place; `parsePlace` reads it back. */
export function formatPlace({ section, sessionId, tab, open }: Place): string {
  if (section !== 'talk') return section;
  if (sessionId === undefined) return '';
  const view = `session/${sessionId}/${tab}`;
  return open === undefined ? view : `${view}/${open}`;
}

/** The address of a place in an agent's own page. */
export function agentAddress(agentId: string, place: Place = startingPlace): string {
  const rest = formatPlace(place);
  return rest === '' ? `/agent/${agentId}` : `/agent/${agentId}/${rest}`;
}
