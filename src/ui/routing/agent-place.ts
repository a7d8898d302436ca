import { conversationOf, groupOfConversation } from '../../agent/contracts/group-views.ts';
import { isAgentId } from '../../protocol/ids.ts';

/** The parts of an agent page. On a narrow screen each is a page of its own. */
export type Section =
  | 'peers'
  | 'traffic'
  | 'talk'
  | 'search'
  | 'audit'
  | 'history'
  | 'archive'
  /** The way to the parts that the bar of a narrow screen has no room for. */
  | 'more';

/** How a session is looked at. */
export type SessionTab = 'conversation' | 'handshake' | 'keys' | 'timing' | 'wire';

/** How a group is looked at. */
export type GroupTab = 'conversation' | 'members' | 'tree' | 'keys';

/** Through whose eyes a session is looked at; absent: with all that this page knows. */
export type PointOfView = 'client' | 'server' | 'observer' | 'controller';

/** Where in an agent a person is: the part of an address that follows the agent. */
export interface AgentPlace {
  readonly section: Section;
  readonly sessionId?: string;
  /** With whom a conversation is, whatever sessions carried it: of this agent, or of `archiveId`, where it may be a group's. */
  readonly peerId?: string;
  /** Of which group the conversation is, or into which group an invitation is. */
  readonly groupId?: string;
  /** Which view of the group; its conversation when absent. */
  readonly groupTab?: GroupTab;
  /** In a group's tree and keys: which epoch; the newest when absent. */
  readonly epoch?: number;
  /** In a group's tree: the member whose epochs and secrets are marked. */
  readonly who?: string;
  readonly archiveId?: string;
  readonly tab: SessionTab;
  /** What is open: a message of the handshake, a key, an exchange on the wire, a node of a tree, an entry of the audit trail. */
  readonly open?: string;
  /** A member of the open message, names joined by `.`. */
  readonly member?: string;
  readonly pov?: PointOfView;
  /** Where a walk through the steps of the handshake stands. */
  readonly step?: string;
  /** In the traffic, the search and the audit trail: which rows are shown, as a query string. */
  readonly filter?: string;
  /** The exchange of a conversation that is led to, by its sequence. */
  readonly at?: number;
  /** The words to highlight, separated by spaces; `*` after one stands for any ending. */
  readonly words?: string;
}

/** Goes to a place; with `replace` in the place of the one that is shown, which Back then does not lead to. */
export type Go = (place: AgentPlace, how?: { readonly replace: boolean }) => void;

/** Where an agent page opens. */
export const startingPlace: AgentPlace = { section: 'talk', tab: 'conversation' };

const tabs: readonly SessionTab[] = ['conversation', 'handshake', 'keys', 'timing', 'wire'];
const pointsOfView: readonly PointOfView[] = ['client', 'server', 'observer', 'controller'];
const plainSections = ['peers', 'history', 'more'] as const;
const filteredSections = ['traffic', 'search', 'audit'] as const;

const groupTabs: readonly GroupTab[] = ['conversation', 'members', 'tree', 'keys'];

const id = /^[\w-]{1,64}$/;

/** Returns the place of a conversation of the history: with a peer, or of a group. */
export function talkPlace(conversation: string): AgentPlace {
  const groupId = groupOfConversation(conversation);
  return { section: 'talk', tab: 'conversation', ...(groupId === undefined ? { peerId: conversation } : { groupId }) };
}

/** Reads what follows the agent in an address; undefined when no place is written so. */
export function parsePlace(text: string): AgentPlace | undefined {
  const [path = '', query = ''] = text.split('?', 2);
  const place = parsePath(path.split('/').filter((part) => part !== ''));
  if (place === undefined || query === '') return place;
  if (filteredSections.some((section) => section === place.section)) return { ...place, filter: query };
  const read = new URLSearchParams(query);
  if (isOfEpochs(place.groupTab)) return { ...place, ...parseEpoch(read) };
  if (place.groupId !== undefined) return { ...place, ...parseWhere(read) };
  if (place.peerId !== undefined) return { ...place, ...parseWhere(read), ...parseView(read) };
  return place.sessionId === undefined ? place : { ...place, ...parseView(read) };
}

function parsePath(parts: readonly string[]): AgentPlace | undefined {
  const [first, second] = parts;
  if (first === undefined) return startingPlace;
  // Earlier versions had a list of sessions: an address of it still leads to where they are.
  const plain = plainSections.find((section) => section === (first === 'sessions' ? 'peers' : first));
  if (plain !== undefined) return parts.length === 1 ? { section: plain, tab: 'conversation' } : undefined;
  const filtered = filteredSections.find((section) => section === first);
  if (filtered !== undefined) {
    if (second === undefined) return { section: filtered, tab: 'conversation' };
    if (parts.length > 2 || filtered === 'search' || !id.test(second)) return undefined;
    return { section: filtered, tab: 'conversation', open: second };
  }
  if (first === 'peer') return parsePeer(parts);
  if (first === 'group') return parseGroup(parts);
  if (first === 'archive') return parseArchive(parts);
  return first === 'session' ? parseSession(parts) : undefined;
}

function parsePeer([, peerId, ...rest]: readonly string[]): AgentPlace | undefined {
  if (peerId === undefined || rest.length > 0 || !isAgentId(peerId)) return undefined;
  return { section: 'talk', peerId, tab: 'conversation' };
}

function parseGroup([, groupId = '', tab = 'conversation', open, ...rest]: readonly string[]): AgentPlace | undefined {
  const groupTab = groupTabs.find((name) => name === tab);
  if (groupTab === undefined || rest.length > 0 || !/^[0-9a-f]{32}$/.test(groupId)) return undefined;
  if (open !== undefined && (!isOfEpochs(groupTab) || !id.test(open))) return undefined;
  return {
    section: 'talk',
    groupId,
    tab: 'conversation',
    ...(groupTab === 'conversation' ? {} : { groupTab }),
    ...(open === undefined ? {} : { open }),
  };
}

/** True for the views of a group that show one of its epochs. */
function isOfEpochs(tab: GroupTab | undefined): boolean {
  return tab === 'tree' || tab === 'keys';
}

function parseEpoch(query: URLSearchParams): Pick<AgentPlace, 'epoch' | 'who'> {
  const epoch = query.get('epoch') ?? '';
  const who = query.get('who') ?? '';
  return {
    ...(/^\d{1,15}$/.test(epoch) ? { epoch: Number(epoch) } : {}),
    ...(isAgentId(who) ? { who } : {}),
  };
}

function parseArchive([, archiveId, peerId, ...rest]: readonly string[]): AgentPlace | undefined {
  if (archiveId === undefined || rest.length > 0 || !id.test(archiveId)) return undefined;
  if (peerId === undefined) return { section: 'archive', archiveId, tab: 'conversation' };
  const [, groupId] = /^group-([0-9a-f]{32})$/.exec(peerId) ?? [];
  if (groupId !== undefined) {
    return { section: 'archive', archiveId, peerId: conversationOf(groupId), tab: 'conversation' };
  }
  return isAgentId(peerId) ? { section: 'archive', archiveId, peerId, tab: 'conversation' } : undefined;
}

function parseSession([, sessionId, tab = 'conversation', open, ...rest]: readonly string[]): AgentPlace | undefined {
  const known = tabs.find((name) => name === tab);
  if (rest.length > 0 || known === undefined) return undefined;
  if (open !== undefined && (known === 'conversation' || !id.test(open))) return undefined;
  if (sessionId === undefined || !/^[0-9a-f]{32}$/.test(sessionId)) return undefined;
  return { section: 'talk', sessionId, tab: known, ...(open === undefined ? {} : { open }) };
}

/** Reads a view from a query; anything that no place has is ignored. */
function parseView(query: URLSearchParams): Pick<AgentPlace, 'member' | 'pov' | 'step'> {
  const member = query.get('member');
  const pov = pointsOfView.find((name) => name === query.get('pov'));
  const step = query.get('step');
  return {
    ...(member !== null && /^[\w.]{1,64}$/.test(member) ? { member } : {}),
    ...(pov === undefined ? {} : { pov }),
    ...(step !== null && id.test(step) ? { step } : {}),
  };
}

function parseWhere(query: URLSearchParams): Pick<AgentPlace, 'at' | 'words'> {
  const at = query.get('at') ?? '';
  const words = (query.get('words') ?? '').slice(0, 200);
  return {
    ...(/^[1-9]\d{0,14}$/.test(at) ? { at: Number(at) } : {}),
    ...(words === '' ? {} : { words }),
  };
}

/** Returns the address part of a place; `parsePlace` reads it back. */
export function formatPlace(place: AgentPlace): string {
  const { filter = '', epoch, who, at, words, member, pov, step } = place;
  const view = new URLSearchParams({
    ...(epoch === undefined ? {} : { epoch: String(epoch) }),
    ...(who === undefined ? {} : { who }),
    ...(at === undefined ? {} : { at: String(at) }),
    ...(words === undefined ? {} : { words }),
    ...(member === undefined ? {} : { member }),
    ...(pov === undefined ? {} : { pov }),
    ...(step === undefined ? {} : { step }),
  }).toString();
  const query = filteredSections.some((section) => section === place.section) ? filter : view;
  return `${formatPath(place)}${query === '' ? '' : `?${query}`}`;
}

function formatPath({ section, sessionId, peerId, groupId, groupTab, archiveId, tab, open }: AgentPlace): string {
  const opened = open === undefined ? [] : [open];
  switch (section) {
    case 'talk':
      if (groupId !== undefined)
        return ['group', groupId, ...(groupTab === undefined ? [] : [groupTab, ...opened])].join('/');
      if (sessionId !== undefined) return ['session', sessionId, tab, ...opened].join('/');
      return peerId === undefined ? '' : `peer/${peerId}`;
    case 'archive':
      // An address has another use for the sign that a group's conversation begins with.
      return ['archive', archiveId, ...(peerId === undefined ? [] : [peerId.replace('#', 'group-')])].join('/');
    default:
      return [section, ...opened].join('/');
  }
}

/** Returns the address of a place in an agent's own page. */
export function agentAddress(agentId: string, place: AgentPlace = startingPlace): string {
  const rest = formatPlace(place);
  return rest === '' ? `/agent/${agentId}` : `/agent/${agentId}/${rest}`;
}

/** True when going from one place to the other only changes a filter: then it takes no step of its own in the history. */
export function isSameView(from: AgentPlace, to: AgentPlace): boolean {
  return (
    from.section === to.section && from.open === to.open && filteredSections.some((section) => section === from.section)
  );
}
