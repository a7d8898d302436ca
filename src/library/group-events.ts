import { ofGroup } from '../agent/contracts/group-exchange.ts';
import type { AgentEvent, GroupExchangeView } from '../agent/contracts/views.ts';

/** What happens in groups: each view replaces the earlier one, and of exchanges only those that went through a group are told. */
export type GroupsEvent =
  | Extract<
      AgentEvent,
      { readonly type: 'group' | 'group_forgotten' | 'invitation' | 'invitation_gone' | 'group_event' | 'epoch' }
    >
  | { readonly type: 'exchange'; readonly exchange: GroupExchangeView };

/** Returns an event as one of groups; undefined when it is about something else. */
export function groupsEventOf(event: AgentEvent): GroupsEvent | undefined {
  switch (event.type) {
    case 'group':
    case 'group_forgotten':
    case 'invitation':
    case 'invitation_gone':
    case 'group_event':
    case 'epoch':
      return event;
    case 'exchange': {
      const exchange = ofGroup(event.exchange);
      return exchange === undefined ? undefined : { type: 'exchange', exchange };
    }
    default:
      return undefined;
  }
}

/** Returns the group_id that an event is about. */
export function groupIdOf(event: GroupsEvent): string {
  switch (event.type) {
    case 'group':
      return event.group.groupId;
    case 'invitation':
      return event.invitation.groupId;
    case 'group_event':
      return event.event.groupId;
    case 'epoch':
      return event.epoch.groupId;
    case 'exchange':
      return event.exchange.group.groupId;
    default:
      return event.groupId;
  }
}
