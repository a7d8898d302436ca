import type { FileView } from './file-views.ts';
import type { GroupView, InvitationView } from './group-views.ts';
import { isOneOf } from './history-store.ts';
import { type KeyedList, KeyedLists } from './keyed-list.ts';
import { TraceLists } from './trace-lists.ts';
import {
  type AgentEvent,
  type AgentSnapshot,
  type ExchangeView,
  exchangeKey,
  type SessionView,
  type VerificationView,
  type WireView,
} from './views.ts';

const kinds = {
  sessions: new KeyedLists<SessionView>(({ sessionId }) => sessionId),
  exchanges: new KeyedLists<ExchangeView>(exchangeKey),
  wire: new KeyedLists<WireView>(({ id }) => id),
  verifications: new KeyedLists<VerificationView>(({ peerId }) => peerId),
  groups: new KeyedLists<GroupView>(({ groupId }) => groupId),
  invitations: new KeyedLists<InvitationView>(({ groupId }) => groupId),
  files: new KeyedLists<FileView>(({ id }) => id),
};

/** What happened to an agent, by key: what the agent's log holds and what a page shows. */
export interface Activity {
  readonly sessions: KeyedList<SessionView>;
  readonly exchanges: KeyedList<ExchangeView>;
  readonly wire: KeyedList<WireView>;
  readonly traces: TraceLists;
}

/** Returns an activity in which nothing has happened. */
export function emptyActivity(): Activity {
  const { sessions, exchanges, wire } = kinds;
  return { sessions: sessions.empty(), exchanges: exchanges.empty(), wire: wire.empty(), traces: new TraceLists() };
}

/**
 * Changes an activity as an event says: a view replaces the earlier one of its id, a trace grows, what was trimmed or deleted goes.
 * A trace event that is there already is not counted again. Events of other kinds change nothing.
 */
export function applyToActivity(activity: Activity, event: AgentEvent): void {
  const { sessions, exchanges, wire, traces } = activity;
  switch (event.type) {
    case 'session':
      sessions.put(event.session);
      return;
    case 'exchange':
      exchanges.put(event.exchange);
      return;
    case 'wire':
      wire.put(event.entry);
      return;
    case 'trace':
      if (event.index >= traces.length(event.sessionId)) traces.add(event.sessionId, event.event);
      return;
    case 'deleted':
      for (const key of deletedKeys(exchanges.items, event)) exchanges.remove(key);
      return;
    case 'trimmed':
      for (const id of event.sessions) sessions.remove(id);
      for (const id of [...event.sessions, ...event.traces]) traces.remove(id);
      for (const key of event.exchanges) exchanges.remove(key);
      for (const id of event.wire) wire.remove(id);
      return;
    default:
      return;
  }
}

/** Returns the keys of the exchanges that a deletion from the history is about. */
export function deletedKeys(
  exchanges: readonly ExchangeView[],
  { peerId, which }: Omit<Extract<AgentEvent, { type: 'deleted' }>, 'type'>,
): readonly string[] {
  return exchanges
    .filter((exchange) => exchange.peerId === peerId && isOneOf(which, exchange.sequence))
    .map(exchangeKey);
}

/**
 * Returns the state after `events`, in their order. `state` stays as it is, and what did not change is the same object in both. Many
 * events at once cost one copy of each list that they change.
 */
export function applyEvents(state: AgentSnapshot, events: readonly AgentEvent[]): AgentSnapshot {
  const activity: Activity = {
    sessions: kinds.sessions.take(state.sessions),
    exchanges: kinds.exchanges.take(state.exchanges),
    wire: kinds.wire.take(state.wire),
    traces: new TraceLists(state.traces),
  };
  const verifications = kinds.verifications.take(state.verifications);
  const groups = kinds.groups.take(state.groups);
  const invitations = kinds.invitations.take(state.invitations);
  const files = kinds.files.take(state.files);
  let { phase, answering, line, storage, groupSettings } = state;
  for (const event of events) {
    applyToActivity(activity, event);
    if (event.type === 'phase') phase = event.phase;
    else if (event.type === 'answering') answering = event.answering;
    else if (event.type === 'line') line = event.line;
    else if (event.type === 'storage') storage = event.storage;
    else if (event.type === 'verification') verifications.put(event.verification);
    else if (event.type === 'group') groups.put(event.group);
    else if (event.type === 'group_forgotten') groups.remove(event.groupId);
    else if (event.type === 'invitation') invitations.put(event.invitation);
    else if (event.type === 'invitation_gone') invitations.remove(event.groupId);
    else if (event.type === 'group_settings') groupSettings = event.settings;
    else if (event.type === 'file') files.put(event.file);
    else if (event.type === 'files_gone') for (const id of event.ids) files.remove(id);
  }
  return {
    ...state,
    phase,
    answering,
    sessions: kinds.sessions.give(activity.sessions),
    exchanges: kinds.exchanges.give(activity.exchanges),
    wire: kinds.wire.give(activity.wire),
    traces: activity.traces.record,
    verifications: kinds.verifications.give(verifications),
    groups: kinds.groups.give(groups),
    invitations: kinds.invitations.give(invitations),
    groupSettings,
    files: kinds.files.give(files),
    ...(line === undefined ? {} : { line }),
    ...(storage === undefined ? {} : { storage }),
  };
}
