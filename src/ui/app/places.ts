/** The parts of an agent page. On a narrow screen each is a page of its own. */
export type Section = 'peers' | 'sessions' | 'traffic' | 'talk';

/** How a session is looked at. */
export type SessionTab = 'conversation' | 'handshake' | 'keys' | 'timing' | 'wire';

/** Through whose eyes a session is looked at; absent: with all that this page knows. */
export type PointOfView = 'client' | 'server' | 'observer' | 'controller';

/** Where in an agent a person is: the part of an address that follows the agent. */
export interface Place {
  readonly section: Section;
  readonly sessionId?: string;
  readonly tab: SessionTab;
  /** What is open in the tab: a message of the handshake, a key, or an exchange on the wire. */
  readonly open?: string;
  /** A member of the open message, names joined by `.`. */
  readonly member?: string;
  readonly pov?: PointOfView;
  /** In the traffic: which rows are shown, as a query string. */
  readonly filter?: string;
}

/** Where an agent page opens. */
export const startingPlace: Place = { section: 'talk', tab: 'conversation' };

const tabs: readonly SessionTab[] = ['conversation', 'handshake', 'keys', 'timing', 'wire'];
const pointsOfView: readonly PointOfView[] = ['client', 'server', 'observer', 'controller'];

/** Reads what follows the agent in an address; undefined when no place is written so. */
export function parsePlace(text: string): Place | undefined {
  const [path = '', query] = text.split('?', 2);
  const place = parsePath(path);
  if (place?.section === 'traffic') return query === undefined || query === '' ? place : { ...place, filter: query };
  return place?.sessionId === undefined ? place : { ...place, ...parseQuery(new URLSearchParams(query)) };
}

/** What a query says that no place has is not looked at. */
function parseQuery(query: URLSearchParams): Pick<Place, 'member' | 'pov'> {
  const member = query.get('member');
  const pov = pointsOfView.find((name) => name === query.get('pov'));
  return {
    ...(member !== null && /^[\w.]{1,64}$/.test(member) ? { member } : {}),
    ...(pov === undefined ? {} : { pov }),
  };
}

function parsePath(path: string): Place | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length === 0) return startingPlace;
  const [first, sessionId, tab = 'conversation', open] = parts;
  if (first === 'traffic' && parts.length <= 2) {
    const row = parts[1];
    if (row !== undefined && !/^[\w-]{1,64}$/.test(row)) return undefined;
    return { section: 'traffic', tab: 'conversation', ...(row === undefined ? {} : { open: row }) };
  }
  if (parts.length === 1 && (first === 'peers' || first === 'sessions')) return { section: first, tab: 'conversation' };
  const known = tabs.find((name) => name === tab);
  if (first !== 'session' || parts.length > 4 || known === undefined) return undefined;
  if (open !== undefined && (known === 'conversation' || !/^[\w-]{1,64}$/.test(open))) return undefined;
  if (sessionId === undefined || !/^[0-9a-f]{32}$/.test(sessionId)) return undefined;
  return { section: 'talk', sessionId, tab: known, ...(open === undefined ? {} : { open }) };
}

/** The address part of a place; `parsePlace` reads it back. */
export function formatPlace({ section, sessionId, tab, open, member, pov, filter }: Place): string {
  if (section === 'traffic') {
    return `traffic${open === undefined ? '' : `/${open}`}${filter === undefined || filter === '' ? '' : `?${filter}`}`;
  }
  if (section !== 'talk') return section;
  if (sessionId === undefined) return '';
  const view = `session/${sessionId}/${tab}`;
  const query = new URLSearchParams({
    ...(member === undefined ? {} : { member }),
    ...(pov === undefined ? {} : { pov }),
  }).toString();
  return `${view}${open === undefined ? '' : `/${open}`}${query === '' ? '' : `?${query}`}`;
}

/** The address of a place in an agent's own page. */
export function agentAddress(agentId: string, place: Place = startingPlace): string {
  const rest = formatPlace(place);
  return rest === '' ? `/agent/${agentId}` : `/agent/${agentId}/${rest}`;
}

/** True when going from one place to the other only changes a filter: then it takes no step of its own in the history. */
export function isSameView(from: Place, to: Place): boolean {
  return from.section === 'traffic' && to.section === 'traffic' && from.open === to.open;
}
