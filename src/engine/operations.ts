import type { Agent } from '../agent/agent.ts';
import type { FilePolicy } from '../agent/contracts/file-views.ts';
import type { GivenFile } from '../agent/contracts/files-api.ts';
import type { GroupSettingsView } from '../agent/contracts/group-views.ts';
import type { GroupAsking, GroupSaying, NewGroup } from '../agent/contracts/groups-api.ts';
import type { Retention } from '../agent/contracts/history-store.ts';
import type { SearchInput } from '../agent/contracts/history-views.ts';
import type { AgentSnapshot, Answering, Json, PeerPage, PersonAnswer } from '../agent/contracts/views.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';

/**
 * What is asked of a peer. `requestId` repeats an earlier request: the peer runs it once. `timeout` is in milliseconds. `whenAway`: where
 * the peer is offline the request is stored for it, for `expires` milliseconds.
 */
interface SendInput {
  readonly peerId: string;
  readonly method: string;
  readonly parameters: Json;
  readonly requestId?: string;
  readonly timeout?: number;
  readonly whenAway?: 'store';
  readonly expires?: number;
}

/** The operations that whoever hosts an agent runs itself. */
export interface Host {
  snapshot(): AgentSnapshot;
  takeOver(): Promise<void>;
  restart(registrationToken?: string): Promise<void>;
  reconnect(): void;
  forget(): Promise<void>;
}

/** What crosses to the page without being copied; all else is cloned. */
type Transfer<Result> = (result: Result) => Transferable[];

/** An operation of the host, which needs no agent. */
interface HostRow<Args extends readonly unknown[], Result> {
  readonly needs: 'nothing';
  run(host: Host, ...args: Args): Result | Promise<Result>;
  transfer?(result: Result): Transferable[];
}

/** An operation of the agent. It rejects with `not_registered` while none is open or, where it needs that, none is ready. */
interface AgentRow<Args extends readonly unknown[], Result> {
  readonly needs: 'open' | 'ready';
  run(agent: Agent, ...args: Args): Result | Promise<Result>;
  transfer?(result: Result): Transferable[];
}

/** One operation: what it needs, and what runs it with which parameters. */
type Row<Args extends readonly unknown[], Result> = HostRow<Args, Result> | AgentRow<Args, Result>;

function ofHost<Args extends readonly unknown[], Result>(
  run: (host: Host, ...args: Args) => Result | Promise<Result>,
): HostRow<Args, Result> {
  return { needs: 'nothing', run };
}

function open<Args extends readonly unknown[], Result>(
  run: (agent: Agent, ...args: Args) => Result | Promise<Result>,
): AgentRow<Args, Result> {
  return { needs: 'open', run };
}

function ready<Args extends readonly unknown[], Result>(
  run: (agent: Agent, ...args: Args) => Result | Promise<Result>,
  transfer?: Transfer<Result>,
): AgentRow<Args, Result> {
  return { needs: 'ready', run, ...(transfer === undefined ? {} : { transfer }) };
}

/**
 * Everything that can be asked of a hosted agent, one row for each. The page's client and the worker's host are made from this table,
 * and a type test holds the library to it.
 */
export const operations = {
  /** Returns everything at once, for a page that has just attached. */
  snapshot: ofHost((host) => host.snapshot()),
  /** Takes the agent over from the tab that has it open. */
  takeOver: ofHost((host) => host.takeOver()),
  /** Tries to start again after `failed`; a Controller that asks for a registration token is shown this one. */
  restart: ofHost((host, registrationToken?: string) => host.restart(registrationToken)),
  /** Connects to the relay now: a new try was waiting, or another connection of the agent had taken over. */
  reconnect: ofHost((host) => host.reconnect()),
  /** Erases keys, certificates and everything else of this agent. */
  forget: ofHost((host) => host.forget()),

  /** Returns a page of the directory: `limit` peers (100; 500 at most) after `after`. Fewer are the last ones. */
  peers: open((agent, page?: PeerPage) => agent.peers(page)),
  /** Returns one agent of the directory by its exact agent_id. */
  peer: open((agent, peerId: string) => agent.peer(peerId)),
  /** Empties conversation, wire log and ended sessions from memory. */
  clear: open((agent) => agent.clear()),

  /** Shakes hands with a peer of the directory; returns the established session. */
  connect: ready((agent, peerId: string) => agent.connect(peerId)),
  /**
   * Sends over the peer's session (made first when there is none); returns the answered exchange. The bytes of an answer are read from then
   * on, and each step is told as an event.
   */
  send: ready((agent, request: SendInput) => agent.send(request)),
  /**
   * Ends a request early that has no answer yet: its `send` rejects with `cancelled`; or an answer that is still coming, which is shown as
   * stopped. Rejects with `invalid_input` when there is neither.
   */
  cancel: ready((agent, peerId: string, requestId: string) => agent.cancel(peerId, requestId)),
  /** Returns whether the bytes of an answer are held in memory. */
  holdsAnswer: ready((agent, peerId: string, requestId: string) => agent.readAnswers?.has(peerId, requestId) === true),
  /** Returns the bytes of an answer. Rejects with `invalid_input` when they are not held. */
  answerBytes: ready(
    (agent, peerId: string, requestId: string) => {
      const bytes = agent.readAnswers?.bytes(peerId, requestId);
      if (bytes !== undefined) return bytes;
      throw new ParleyError('invalid_input', 'This agent holds no answers: a program reads them itself.');
    },
    (bytes) => [bytes.buffer],
  ),
  /** Sends CLOSE and erases the session's keys, also when the peer cannot be reached. */
  disconnect: ready((agent, sessionId: string) => agent.disconnect(sessionId)),
  /**
   * Updates the session's keys now, which also happens by itself. Returns the newest epoch: the old one while the peer's update is on
   * its way.
   */
  updateKeys: ready((agent, sessionId: string) => agent.updateKeys(sessionId)),
  /** Chooses who answers requests: the handlers or a person. */
  setAnswering: ready((agent, answering: Answering) => agent.setAnswering(answering)),
  /** Answers a held request of a peer. Rejects with `invalid_input` when it no longer waits. */
  answer: ready((agent, peerId: string, requestId: string, answer: PersonAnswer) =>
    agent.answer(peerId, requestId, answer),
  ),

  /** Makes a group with this agent as its admin, and invites. */
  createGroup: ready((agent, group: NewGroup, key?: string) => agent.groups.create(group, key)),
  /** Ends a creation that has stored nothing yet. */
  cancelCreatingGroup: ready((agent, key: string) => agent.groups.cancelCreation(key)),
  /** Adds agents of the directory to a group; an admin's. */
  inviteToGroup: ready((agent, groupId: string, agentIds: readonly string[]) => agent.groups.invite(groupId, agentIds)),
  /** Removes members; an admin's. */
  removeFromGroup: ready((agent, groupId: string, agentIds: readonly string[]) =>
    agent.groups.remove(groupId, agentIds),
  ),
  /** Gives a group another name; an admin's. */
  renameGroup: ready((agent, groupId: string, name: string) => agent.groups.rename(groupId, name)),
  /** Says who the admins of a group are; an admin's. */
  setGroupAdmins: ready((agent, groupId: string, admins: readonly string[]) => agent.groups.setAdmins(groupId, admins)),
  /** Leaves a group: another member takes this agent out. */
  leaveGroup: ready((agent, groupId: string) => agent.groups.leave(groupId)),
  /** Deletes a group that this agent is no longer in, with what was said in it. */
  forgetGroup: ready((agent, groupId: string) => agent.groups.forget(groupId)),
  /** Joins a group that this agent was invited into. */
  acceptInvitation: ready((agent, groupId: string) => agent.groups.accept(groupId)),
  /** Deletes an invitation and tells who sent it. */
  declineInvitation: ready((agent, groupId: string) => agent.groups.decline(groupId)),
  /** Chooses which invitations of known agents join by themselves. */
  setGroupSettings: ready((agent, settings: GroupSettingsView) => agent.groups.setSettings(settings)),
  /** Says something to everybody in a group. */
  sendToGroup: ready((agent, saying: GroupSaying) => agent.groups.say(saying)),
  /** Asks members of a group; their answers are told by events. */
  askGroup: ready((agent, asking: GroupAsking) => agent.groups.ask(asking)),
  /** Returns the bytes that came with a message of a group. */
  groupAttachment: ready(
    (agent, groupId: string, messageId: string) => agent.groups.attachment(groupId, messageId),
    (bytes) => [bytes.buffer],
  ),
  /** Notes that the person has seen everything in a group. */
  markGroupRead: ready((agent, groupId: string) => agent.groups.markRead(groupId)),
  /** Chooses whether the others are told what this agent has read. */
  setGroupReceipts: ready((agent, groupId: string, on: boolean) => agent.groups.setReceipts(groupId, on)),
  /** Sends again although the group's history differs from others'. */
  goOnForked: ready((agent, groupId: string) => agent.groups.goOnForked(groupId)),
  /** Asks the members to take this agent in again. */
  rejoinGroup: ready((agent, groupId: string) => agent.groups.rejoin(groupId)),
  /** Makes a group with the same name and members in place of one in which this agent is stranded. */
  startGroupAnew: ready((agent, groupId: string) => agent.groups.startAnew(groupId)),
  /** Returns what happened in a group, the newest last: up to `count` before an index. */
  groupEvents: ready((agent, groupId: string, before?: number, count?: number) =>
    agent.groups.events(groupId, before, count),
  ),
  /** Returns the newest epochs of a group, as the inspector draws them. */
  groupEpochs: ready((agent, groupId: string) => agent.groups.epochs(groupId)),

  /** Returns the number to compare with the peer's person, of the key that would be used now. It takes about a second. */
  safetyNumber: ready((agent, peerId: string) => agent.safetyNumber(peerId)),
  /** Marks the peer's key as verified. `keyFingerprint` is that of the number that was shown, else `invalid_input`. */
  markVerified: ready((agent, peerId: string, keyFingerprint: string) => agent.markVerified(peerId, keyFingerprint)),
  /** Forgets the verified key and goes on, unverified, with the one that was seen since. */
  acceptChangedKey: ready((agent, peerId: string) => agent.acceptChangedKey(peerId)),
  /** Takes the mark off a peer whose key has not changed. */
  clearVerification: ready((agent, peerId: string) => agent.clearVerification(peerId)),

  /** Returns a piece of the conversation with a peer: the newest, or what stands before a sequence. */
  history: ready((agent, peerId: string, before?: number, count?: number) =>
    agent.historyService.history.page(peerId, before, count),
  ),
  /** Returns every peer with a stored conversation. */
  keptHistories: ready((agent) => agent.historyService.retention.usages()),
  /** Sets how long the conversation with a peer is stored from now on; what is older goes at once. */
  setRetention: ready((agent, peerId: string, retention: Retention) =>
    agent.historyService.retention.set(peerId, retention),
  ),
  /** Returns how many exchanges with a peer this retention would delete at once. */
  wouldDelete: ready((agent, peerId: string, retention: Retention) =>
    agent.historyService.retention.wouldDelete(peerId, retention),
  ),
  /** Deletes exchanges with a peer, all or those of `sequences`; returns how many. */
  deleteHistory: ready((agent, peerId: string, sequences?: readonly number[]) =>
    agent.historyService.deleteHistory(peerId, sequences),
  ),
  /** Finds exchanges by words. */
  search: ready((agent, input: SearchInput) => agent.historyService.search(input)),
  /** Exports the history, of one peer or all, under a passphrase in the age format. It takes seconds. */
  exportHistory: ready(
    (agent, passphrase: string, peerId?: string) => agent.historyService.exportHistory(passphrase, peerId),
    (file) => [file.buffer],
  ),
  /** Imports an exported history, to be read only. Rejects with `invalid_input` when the passphrase or the file is wrong. */
  importHistory: ready((agent, file: Bytes, passphrase: string) =>
    agent.historyService.archives.import(file, passphrase),
  ),
  /** Returns the imported histories. */
  archives: ready((agent) => agent.historyService.archives.list()),
  /** Returns a piece of a conversation in an imported history, as `history` does. */
  archivePage: ready((agent, archiveId: string, peerId: string, before?: number, count?: number) =>
    agent.historyService.archives.page(archiveId, peerId, before, count),
  ),
  /** Deletes an imported history. */
  deleteArchive: ready((agent, archiveId: string) => agent.historyService.archives.delete(archiveId)),

  /** Returns a page of the files of one peer, or of all, the newest first. */
  files: ready((agent, about?: { readonly peerId?: string; readonly from?: string }) => agent.files.list(about)),
  /** Offers a file to a peer; resolves when it is stored here. Rejects with `invalid_input` for one that cannot be read, such as a folder. */
  offerFile: ready((agent, peerId: string, file: GivenFile) => agent.files.offer(peerId, file)),
  /** Has a file come that a peer offers. */
  acceptFile: ready((agent, id: string) => agent.files.accept(id)),
  /** Declines a file that a peer offers. */
  declineFile: ready((agent, id: string) => agent.files.decline(id)),
  /** Stops a file for now. */
  pauseFile: ready((agent, id: string) => agent.files.pause(id)),
  /** Goes on with a file that was paused here. */
  resumeFile: ready((agent, id: string) => agent.files.resume(id)),
  /** Ends a file for both sides, and deletes what has come. */
  cancelFile: ready((agent, id: string) => agent.files.cancel(id)),
  /** Takes a file that is over from the list, with its bytes here. */
  removeFile: ready((agent, id: string) => agent.files.remove(id)),
  /** Returns the bytes of a file that has come whole. */
  openFile: ready((agent, id: string) => agent.files.open(id)),
  /** Returns what happens to the files that a peer offers. */
  filePolicy: ready((agent, peerId: string) => agent.files.policy(peerId)),
  /** Chooses what happens to the files that a peer offers. */
  setFilePolicy: ready((agent, peerId: string, policy: FilePolicy) => agent.files.setPolicy(peerId, policy)),

  /** Returns the newest entries of the audit trail, or those before an index, the newest first, and its head. */
  audit: ready((agent, before?: number, count?: number) => agent.audit.page(before, count)),
  /** Computes every hash of the trail again. */
  verifyAudit: ready((agent) => agent.audit.verify()),
  /**
   * Returns the trail as a JSON text that anybody can check; the plaintexts of the message entries in `disclose` are in it, no
   * others.
   */
  exportAudit: ready((agent, disclose: readonly number[]) => agent.audit.export(disclose)),
};

/** Each operation as a method. Every call rejects with a `ParleyError`. */
export type Operations = {
  readonly [Name in keyof typeof operations]: (typeof operations)[Name] extends Row<infer Args, infer Result>
    ? (...args: Args) => Promise<Result>
    : never;
};

/** Returns the operation of a name. Throws `invalid_input` when the table has none. */
export function operationNamed(name: string): Row<readonly unknown[], unknown> {
  const rows: Readonly<Record<string, Row<readonly unknown[], unknown>>> = operations;
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (row === undefined) throw new ParleyError('invalid_input', `An agent has no operation “${name}”.`);
  return row;
}

/** Returns every operation as a method that hands its name and its arguments to `ask`. */
export function operationsThrough(ask: (name: string, args: readonly unknown[]) => Promise<unknown>): Operations {
  const methods = Object.keys(operations).map((name) => [name, (...args: unknown[]) => ask(name, args)]);
  // Both sides are of one build: the host runs the row whose types these are.
  return Object.fromEntries(methods) as Operations;
}
