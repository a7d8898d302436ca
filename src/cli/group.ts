import { conversationOf, type GroupView } from '../agent/contracts/group-views.ts';
import type { GivenAttachment } from '../agent/contracts/groups-api.ts';
import { findGroup, findInvitation, findMember } from '../console/group-names.ts';
import { findPeer, type NameAdvice } from '../console/names.ts';
import { textRequest } from '../console/text-request.ts';
import { readTypedJson } from '../console/typed-json.ts';
import { isErrorCode } from '../protocol/errors.ts';
import { readNamedFile } from '../storage/file/read-file.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { notYetStored, type OneShot, type Out, runOnce } from './one-shot.ts';

/** Bytes of a file that goes with a message. */
const largestFile = 1024 * 1024;

const peerAdvice: NameAdvice = {
  unknown: 'Nothing was changed. Give its agent_id, the beginning of it, or a short form such as helper_1.',
  several: 'Nothing was changed. Give the whole agent_id.',
};
const groupAdvice: NameAdvice = {
  unknown: 'parley group list shows them.',
  several: 'Give the beginning of its id: parley group list shows it.',
};
const invitationAdvice: NameAdvice = {
  unknown: 'parley group invitations shows them.',
  several: 'Give the beginning of its id: parley group invitations shows it.',
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

const acts = {
  list: async ({ agent, say }) => {
    for (const group of agent.groups.list().filter(({ kind }) => kind === 'group')) say(groupJson(group));
    return exitCodes.done;
  },
  members: async (shot, [word]) => {
    const group = groupNamed(shot, word);
    for (const { agentId, isAdmin, verification, trust, isHeard, isLeaving, sinceEpoch } of group.members) {
      const state = { trust, heard: isHeard, leaving: isLeaving, since_epoch: sinceEpoch };
      shot.say({ agent_id: agentId, admin: isAdmin, verification, ...state });
    }
    return exitCodes.done;
  },
  create: async (shot, [name = '', ...peers]) => {
    const invite = await peersNamed(shot, peers);
    return done(shot, await shot.agent.groups.create({ name, invite }));
  },
  invite: async (shot, [word, ...peers]) => {
    const { groupId } = groupNamed(shot, word);
    return done(shot, await shot.agent.groups.invite(groupId, await peersNamed(shot, peers)));
  },
  remove: async (shot, [word, ...members]) => {
    const group = groupNamed(shot, word);
    return done(shot, await shot.agent.groups.remove(group.groupId, membersNamed(group, members)));
  },
  rename: async (shot, [word, name = '']) =>
    done(shot, await shot.agent.groups.rename(groupNamed(shot, word).groupId, name)),
  admins: async (shot, [word, ...members]) => {
    const group = groupNamed(shot, word);
    return done(shot, await shot.agent.groups.setAdmins(group.groupId, membersNamed(group, members)));
  },
  leave: async (shot, [word]) => {
    const { groupId, name } = groupNamed(shot, word);
    await shot.agent.groups.leave(groupId);
    shot.say({ status: 'leaving', group: groupId, name });
    return exitCodes.done;
  },
  forget: async (shot, [word]) => {
    const { groupId, name } = groupNamed(shot, word);
    await shot.agent.groups.forget(groupId);
    shot.say({ status: 'forgotten', group: groupId, name });
    return exitCodes.done;
  },
  invitations: async ({ agent, say }) => {
    for (const { groupId, kind, name, inviter, inviterVerification, members, until } of agent.groups.invitations()) {
      const from = { inviter, inviter_verification: inviterVerification };
      say({ group: groupId, kind, name, ...from, members, until: new Date(until).toISOString() });
    }
    return exitCodes.done;
  },
  accept: async (shot, [word]) => {
    const { groupId } = findInvitation(shot.agent.groups.invitations(), word ?? '', invitationAdvice);
    return done(shot, await shot.agent.groups.accept(groupId));
  },
  decline: async (shot, [word]) => {
    const { groupId, name } = findInvitation(shot.agent.groups.invitations(), word ?? '', invitationAdvice);
    await shot.agent.groups.decline(groupId);
    shot.say({ status: 'declined', group: groupId, name });
    return exitCodes.done;
  },
  send: async (shot, [word, ...said]) => {
    const { groupId } = groupNamed(shot, word);
    const attachment = await attachmentOf(shot);
    const content = said.join(' ');
    const sending = await shot.agent.groups.say({
      groupId,
      content,
      ...(attachment === undefined ? {} : { attachment }),
    });
    const sent = await shot.follow(sending, ({ group, status }) => group.delivery !== 'sending' || status === 'failed');
    if (sent.status === 'failed') return failed(shot, sent);
    if (sent.group.delivery === 'sending') throw notYetStored();
    const { messageId, index } = sent.group;
    shot.say({ status: 'stored', group: groupId, message_id: messageId, index });
    return exitCodes.done;
  },
  ask: async (shot, [word, ...said]) => {
    const { agent, given, say } = shot;
    const group = groupNamed(shot, word);
    const text = said.join(' ');
    const request =
      given.method === undefined
        ? textRequest(text)
        : { method: given.method, parameters: readTypedJson(text, 'With --method, what is sent is JSON.') };
    const to = given.to.length === 0 ? {} : { to: membersNamed(group, given.to) };
    const expires = given.expires === undefined ? {} : { expires: given.expires };
    const asking = await agent.groups.ask({ groupId: group.groupId, ...request, ...to, ...expires });
    let told = 0;
    const asked = await shot.follow(asking, ({ group: part, status }) => {
      for (const { from, status: outcome, result, error } of part.answers.slice(told)) {
        say({ status: outcome, from, result, error });
      }
      told = part.answers.length;
      return part.awaiting.length === 0 || status !== 'pending';
    });
    if (asked.group.awaiting.length === 0) {
      return asked.group.answers.every(({ status }) => status === 'success')
        ? exitCodes.done
        : exitCodes.answeredWithError;
    }
    if (asked.status === 'failed') return failed(shot, asked);
    if (asked.group.delivery === 'sending') throw notYetStored();
    say({ status: 'waiting', group: group.groupId, message_id: asked.group.messageId, awaiting: asked.group.awaiting });
    return exitCodes.unreachable;
  },
  read: async (shot, [word]) => {
    const { groupId } = groupNamed(shot, word);
    const { exchanges } = await shot.agent.historyService.history.page(conversationOf(groupId));
    for (const { at, method, parameters, group } of exchanges) {
      if (group === undefined) continue;
      const { kind, sender, messageId, answers, awaiting, attachment, apart } = group;
      const said = kind === 'message' ? { content: parameters } : { method, parameters, answers, awaiting };
      shot.say({
        at: new Date(at).toISOString(),
        kind,
        from: sender,
        message_id: messageId,
        ...said,
        attachment,
        apart,
      });
    }
    await shot.agent.groups.markRead(groupId);
    return exitCodes.done;
  },
  events: async (shot, [word]) => {
    const { groupId } = groupNamed(shot, word);
    for (const { at, epoch, by, what, index } of await shot.agent.groups.events(groupId)) {
      shot.say({ at: new Date(1_000 * at).toISOString(), index, epoch, by, ...what });
    }
    return exitCodes.done;
  },
} satisfies Record<string, Act>;

function groupNamed({ agent }: OneShot, word = ''): GroupView {
  return findGroup(agent.groups.list(), word, groupAdvice);
}

async function peersNamed({ agent }: OneShot, words: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const word of words) found.push((await findPeer(agent, word, peerAdvice)).agentId);
  return [...new Set(found)];
}

function membersNamed(group: GroupView, words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => findMember(group, word)))];
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

async function attachmentOf({ given }: OneShot): Promise<GivenAttachment | undefined> {
  if (given.file === undefined) return undefined;
  const bytes = Uint8Array.from(await readNamedFile({ flag: '--file', path: given.file }, largestFile));
  return { bytes, name: given.file };
}

function failed(
  { say }: OneShot,
  { error }: { readonly error?: { readonly code: string; readonly detail: string } },
): number {
  say({ status: 'failed', error });
  return exitCodeOf(isErrorCode(error?.code) ? error.code : 'internal_error');
}

function doNothing(): void {}
