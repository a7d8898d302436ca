import { ParleyError } from '../../protocol/errors.ts';
import { usualGroupSettings } from '../contracts/group-views.ts';
import type { GroupsApi } from '../contracts/groups-api.ts';

function refuse(): Promise<never> {
  return Promise.reject(new ParleyError('unavailable', 'Groups are not open yet.'));
}

/** Groups before they are open: there are none, and every call is refused. */
export const groupsNotOpen: GroupsApi = {
  list: () => [],
  invitations: () => [],
  settings: () => usualGroupSettings,
  setSettings: refuse,
  catchUp: refuse,
  invitable: refuse,
  create: refuse,
  cancelCreation: refuse,
  invite: refuse,
  remove: refuse,
  rename: refuse,
  setAdmins: refuse,
  leave: refuse,
  forget: refuse,
  accept: refuse,
  decline: refuse,
  say: refuse,
  ask: refuse,
  attachment: refuse,
  markRead: refuse,
  setReceipts: refuse,
  goOnForked: refuse,
  rejoin: refuse,
  startAnew: refuse,
  events: refuse,
  epochs: refuse,
};
