import type {
  EpochView,
  GroupEventView,
  GroupSettingsView,
  GroupView,
  InvitationView,
} from '../../contracts/group-views.ts';
import type { GroupAsking, GroupSaying, GroupsApi, NewBeginning, NewGroup } from '../../contracts/groups-api.ts';
import type { GroupExchangeView } from '../../contracts/views.ts';
import { requirePlainJson } from '../../messages/plain-json.ts';
import { given, takes } from './given.ts';

const unchanged = 'Nothing was changed.';
const unsent = 'Nothing was sent.';
const unread = 'Nothing was read.';

/**
 * This agent's groups for whoever calls them: pages, programs and workers, whose types nobody has checked. What a call does not take is
 * refused with `invalid_input` and the path of the member before anything else happens.
 */
export class CheckedGroups implements GroupsApi {
  readonly #groups: GroupsApi;

  constructor(groups: GroupsApi) {
    this.#groups = groups;
  }

  list(): readonly GroupView[] {
    return this.#groups.list();
  }

  invitations(): readonly InvitationView[] {
    return this.#groups.invitations();
  }

  settings(): GroupSettingsView {
    return this.#groups.settings();
  }

  async setSettings(settings: GroupSettingsView): Promise<void> {
    return this.#groups.setSettings(given(takes.settings, settings, 'settings', unchanged));
  }

  catchUp(): Promise<void> {
    return this.#groups.catchUp();
  }

  invitable(): Promise<void> {
    return this.#groups.invitable();
  }

  async create(group: NewGroup, key?: string): Promise<GroupView> {
    const { name, invite } = given(takes.newGroup, group, '', unchanged);
    const made = { name, ...(invite === undefined ? {} : { invite }) };
    if (key === undefined) return this.#groups.create(made);
    return this.#groups.create(made, given(takes.creation, key, 'key', unchanged));
  }

  async cancelCreation(key: string): Promise<void> {
    return this.#groups.cancelCreation(given(takes.creation, key, 'key', unchanged));
  }

  async invite(groupId: string, agentIds: readonly string[]): Promise<GroupView> {
    return this.#groups.invite(id(groupId, unchanged), given(takes.agentIds, agentIds, 'agentIds', unchanged));
  }

  async remove(groupId: string, agentIds: readonly string[]): Promise<GroupView> {
    return this.#groups.remove(id(groupId, unchanged), given(takes.agentIds, agentIds, 'agentIds', unchanged));
  }

  async rename(groupId: string, name: string): Promise<GroupView> {
    return this.#groups.rename(id(groupId, unchanged), given(takes.name, name, 'name', unchanged));
  }

  async setAdmins(groupId: string, admins: readonly string[]): Promise<GroupView> {
    return this.#groups.setAdmins(id(groupId, unchanged), given(takes.admins, admins, 'admins', unchanged));
  }

  async leave(groupId: string): Promise<void> {
    return this.#groups.leave(id(groupId, unchanged));
  }

  async forget(groupId: string): Promise<void> {
    return this.#groups.forget(id(groupId, 'Nothing was deleted.'));
  }

  async accept(groupId: string): Promise<GroupView> {
    return this.#groups.accept(id(groupId, unchanged));
  }

  async decline(groupId: string): Promise<void> {
    return this.#groups.decline(id(groupId, unchanged));
  }

  async say(saying: GroupSaying): Promise<GroupExchangeView> {
    const { groupId, content, attachment } = given(takes.saying, saying, '', unsent);
    const { bytes, name, mediaType } = attachment ?? {};
    const file = bytes && {
      bytes,
      ...(name === undefined ? {} : { name }),
      ...(mediaType === undefined ? {} : { mediaType }),
    };
    return this.#groups.say({
      groupId,
      content: requirePlainJson(content, 'content', unsent),
      ...(file === undefined ? {} : { attachment: file }),
    });
  }

  async ask(asking: GroupAsking): Promise<GroupExchangeView> {
    const { groupId, method, parameters, to, expires } = given(takes.asking, asking, '', unsent);
    return this.#groups.ask({
      ...{ groupId, method, parameters: requirePlainJson(parameters, 'parameters', unsent) },
      ...(to === undefined ? {} : { to }),
      ...(expires === undefined ? {} : { expires }),
    });
  }

  async attachment(groupId: string, messageId: string) {
    return this.#groups.attachment(id(groupId, unread), given(takes.messageId, messageId, 'messageId', unread));
  }

  async markRead(groupId: string): Promise<void> {
    return this.#groups.markRead(id(groupId, unchanged));
  }

  async setReceipts(groupId: string, on: boolean): Promise<GroupView> {
    return this.#groups.setReceipts(id(groupId, unchanged), given(takes.flag, on, 'on', unchanged));
  }

  async goOnForked(groupId: string): Promise<GroupView> {
    return this.#groups.goOnForked(id(groupId, unchanged));
  }

  async rejoin(groupId: string): Promise<void> {
    return this.#groups.rejoin(id(groupId, unsent));
  }

  async startAnew(groupId: string): Promise<NewBeginning> {
    return this.#groups.startAnew(id(groupId, unchanged));
  }

  async events(groupId: string, before?: number, count?: number): Promise<readonly GroupEventView[]> {
    const read = [given(takes.before, before, 'before', unread), given(takes.count, count, 'count', unread)] as const;
    return this.#groups.events(id(groupId, unread), ...read);
  }

  async epochs(groupId: string): Promise<readonly EpochView[]> {
    return this.#groups.epochs(id(groupId, unread));
  }
}

function id(groupId: string, consequence: string): string {
  return given(takes.groupId, groupId, 'groupId', consequence);
}
