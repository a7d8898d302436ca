import { conversationOf, type GroupView, type InvitationView } from '../agent/contracts/group-views.ts';
import { type GivenAttachment, largestAttachment } from '../agent/contracts/groups-api.ts';
import { type FollowedExchanges, untilAnswered, untilStored } from '../console/follow-exchange.ts';
import { findGroup, findInvitation, findMembers } from '../console/group-names.ts';
import { findPeers, type NameAdvice } from '../console/names.ts';
import { requestOf } from '../console/text-request.ts';
import { isErrorCode } from '../protocol/errors.ts';
import { readNamedFile } from '../storage/file/read-file.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { jsonHint, notYetStored, type OneShot, type Out, runOnce } from './one-shot.ts';

const peerAdvice: NameAdvice = {
  unknown: 'Nothing was changed. Give its agent_id, the beginning of it, or a short form such as helper_1.',
  several: 'Nothing was changed. Give the whole agent_id.',
};
/** Does one thing in an agent's groups; `words` are those after the command. */
type Act = (shot: OneShot, words: readonly string[]) => Promise<number>;

/** What `parley group` can do, by the name of the command. */
export type GroupAct = keyof typeof acts;

/** Runs `parley group ACT …`: what it did as lines of JSON on `out`. Returns the exit code. */
export function runGroup(act: GroupAct, { words, flags }: Given, out: Out): Promise<number> {
  return runOnce({ flags }, out, doNothing, async (shot) => {
    // What came while the agent was closed comes first: an invitation, or a change that another has made.
    await shot.patience.race(shot.agent.groups.catchUp());
    return acts[act](shot, words);
  });
}

/** Makes what does one thing with the group that its first word names. */
function inGroup(act: (shot: OneShot, group: GroupView, words: readonly string[]) => Promise<number>): Act {
  return (shot, [word = '', ...words]) =>
    act(shot, findGroup(shot.agent.groups.list(), word, 'parley group list'), words);
}

const acts = {
  list: async ({ agent, say }) => {
    for (const group of agent.groups.list().filter(({ kind }) => kind === 'group')) say(groupJson(group));
    return exitCodes.done;
  },
  members: inGroup(async ({ say }, { members }) => {
    for (const { agentId, isAdmin, verification, trust, isHeard, isLeaving, sinceEpoch } of members) {
      const state = { trust, heard: isHeard, leaving: isLeaving, since_epoch: sinceEpoch };
      say({ agent_id: agentId, admin: isAdmin, verification, ...state });
    }
    return exitCodes.done;
  }),
  create: async (shot, [name = '', ...peers]) => {
    const invite = await peersNamed(shot, peers);
    return done(shot, await shot.agent.groups.create({ name, invite }));
  },
  invite: inGroup(async (shot, { groupId }, peers) =>
    done(shot, await shot.agent.groups.invite(groupId, await peersNamed(shot, peers))),
  ),
  remove: inGroup(async (shot, group, members) =>
    done(shot, await shot.agent.groups.remove(group.groupId, findMembers(group, members))),
  ),
  rename: inGroup(async (shot, { groupId }, [name = '']) => done(shot, await shot.agent.groups.rename(groupId, name))),
  admins: inGroup(async (shot, group, members) =>
    done(shot, await shot.agent.groups.setAdmins(group.groupId, findMembers(group, members))),
  ),
  leave: inGroup(async (shot, { groupId, name }) => {
    await shot.agent.groups.leave(groupId);
    const isOut = shot.agent.groups.list().some((group) => group.groupId === groupId && group.status === 'left');
    // Another member takes this agent out, where there is one.
    return ended(shot, isOut ? 'left' : 'leaving', { groupId, name });
  }),
  forget: inGroup(async (shot, { groupId, name }) => {
    await shot.agent.groups.forget(groupId);
    return ended(shot, 'forgotten', { groupId, name });
  }),
  invitations: async ({ agent, say }) => {
    for (const { groupId, kind, name, inviter, inviterVerification, members, until } of agent.groups.invitations()) {
      const from = { inviter, inviter_verification: inviterVerification };
      say({ group: groupId, kind, name, ...from, members, until: new Date(until).toISOString() });
    }
    return exitCodes.done;
  },
  accept: async (shot, [word]) => done(shot, await shot.agent.groups.accept(invitationNamed(shot, word).groupId)),
  decline: async (shot, [word]) => {
    const { groupId, name } = invitationNamed(shot, word);
    await shot.agent.groups.decline(groupId);
    return ended(shot, 'declined', { groupId, name });
  },
  send: inGroup(async (shot, { groupId }, said) => {
    const attachment = await attachmentOf(shot);
    const saying = { groupId, content: said.join(' '), ...(attachment === undefined ? {} : { attachment }) };
    const { exchange } = await untilStored(
      exchangesOf(shot),
      await shot.agent.groups.say(saying),
      shot.patience.rest(),
    );
    if (exchange.status === 'failed') return failed(shot, exchange);
    if (exchange.group.delivery === 'sending') throw notYetStored();
    const { messageId, index } = exchange.group;
    shot.say({ status: 'stored', group: groupId, message_id: messageId, index });
    return exitCodes.done;
  }),
  ask: inGroup(async (shot, group, said) => {
    const { agent, given, say } = shot;
    const { groupId } = group;
    const to = given.to.length === 0 ? {} : { to: findMembers(group, given.to) };
    const expires = given.expires === undefined ? {} : { expires: given.expires };
    const asking = { groupId, ...requestOf(given.method, said.join(' '), jsonHint), ...to, ...expires };
    const { exchange } = await untilAnswered(
      exchangesOf(shot),
      await agent.groups.ask(asking),
      ({ status, from, result, error }) => say({ status, from, result, error }),
      shot.patience.rest(),
    );
    const { answers, awaiting, delivery, messageId } = exchange.group;
    if (awaiting.length === 0) {
      return answers.every(({ status }) => status === 'success') ? exitCodes.done : exitCodes.answeredWithError;
    }
    if (exchange.status === 'failed') return failed(shot, exchange);
    if (delivery === 'sending') throw notYetStored();
    say({ status: 'waiting', group: groupId, message_id: messageId, awaiting });
    return exitCodes.unreachable;
  }),
  read: inGroup(async ({ agent, say }, { groupId }) => {
    const { exchanges } = await agent.historyService.history.page(conversationOf(groupId));
    for (const { at, method, parameters, group } of exchanges) {
      if (group === undefined) continue;
      const { kind, sender, messageId, answers, awaiting, attachment, apart } = group;
      const said = kind === 'message' ? { content: parameters } : { method, parameters, answers, awaiting };
      say({ at: new Date(at).toISOString(), kind, from: sender, message_id: messageId, ...said, attachment, apart });
    }
    await agent.groups.markRead(groupId);
    return exitCodes.done;
  }),
  events: inGroup(async ({ agent, say }, { groupId }) => {
    for (const { at, epoch, by, what, index } of await agent.groups.events(groupId)) {
      say({ at: new Date(1_000 * at).toISOString(), index, epoch, by, ...what });
    }
    return exitCodes.done;
  }),
} satisfies Record<string, Act>;

function invitationNamed({ agent }: OneShot, word = ''): InvitationView {
  return findInvitation(agent.groups.invitations(), word, 'parley group invitations');
}

function peersNamed({ agent }: OneShot, words: readonly string[]): Promise<readonly string[]> {
  return findPeers(agent, words, peerAdvice);
}

function exchangesOf({ agent, events }: OneShot): FollowedExchanges {
  return {
    exchanges: () => agent.snapshot().exchanges,
    onChange: (listener) => events.follow(({ type }) => type === 'exchange' && listener()),
  };
}

function groupJson({ groupId, name, status, epoch, members, isAdmin, unread, blocked, waiting }: GroupView): object {
  return {
    ...{ group: groupId, name, status, epoch, members: members.map(({ agentId }) => agentId), admin: isAdmin, unread },
    ...{ blocked: blocked?.code, waiting: waiting?.code },
  };
}

function done({ say }: OneShot, group: GroupView): number {
  say(groupJson(group));
  return exitCodes.done;
}

function ended({ say }: OneShot, status: string, { groupId, name }: Pick<GroupView, 'groupId' | 'name'>): number {
  say({ status, group: groupId, name });
  return exitCodes.done;
}

async function attachmentOf({ given }: OneShot): Promise<GivenAttachment | undefined> {
  const [path] = given.file;
  if (path === undefined) return undefined;
  const bytes = Uint8Array.from(await readNamedFile({ flag: '--file', path }, largestAttachment));
  return { bytes, name: path };
}

function failed(
  { say }: OneShot,
  { error }: { readonly error?: { readonly code: string; readonly detail: string } },
): number {
  say({ status: 'failed', error });
  return exitCodeOf(isErrorCode(error?.code) ? error.code : 'internal_error');
}

function doNothing(): void {}
