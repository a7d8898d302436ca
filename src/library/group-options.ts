import type { GivenAttachment, NewGroup } from '../agent/contracts/groups-api.ts';
import { requireName } from '../agent/messages/outgoing-request.ts';
import { ParleyError } from '../protocol/errors.ts';
import { abortSignal, flag, type Kinds, number, object, requireOptions, text } from './given-options.ts';

/** Bytes that go with a message, 1 MiB at most. */
export interface Attachment {
  readonly bytes: Uint8Array;
  /** 255 characters at most; what no file can be called is taken out. */
  readonly name?: string;
  readonly mediaType?: string;
}

/** How a message is sent to a group. */
export interface GroupSendOptions {
  readonly attachment?: Attachment;
  /** Ends the waiting until the service has it. The message is stored here by then, and is sent all the same. */
  readonly signal?: AbortSignal;
}

/** How members of a group are asked. */
export interface GroupAskOptions {
  /** agent_ids of the members that are asked; all others when absent. */
  readonly to?: readonly string[];
  /** Milliseconds within which it is answered: a day when absent, 30 days at most. */
  readonly expires?: number;
  /** Ends the waiting for answers; the members may go on. */
  readonly signal?: AbortSignal;
}

const bytes = { words: 'a Uint8Array', is: isBytes };
const texts = { words: 'an array of strings', is: Array.isArray };

const newGroupKinds: Kinds<NewGroup> = { name: text, invite: texts };

/** Throws `invalid_input` for what no group can be made from. */
export function requireNewGroup(group: NewGroup): void {
  requireOptions<NewGroup>('groups.create', group, newGroupKinds);
  if (group.name === undefined) throw invalid('groups.create needs the option “name”.');
  if (group.invite !== undefined) requireAgentIds('groups.create', 'invite', group.invite);
}

/** Throws `invalid_input` unless it is a list of strings; the detail names the item that is none. */
export function requireAgentIds(call: string, name: string, given: unknown): void {
  if (!Array.isArray(given)) throw invalid(`${name} of ${call} has to be an array of agent_ids.`);
  const wrong = given.findIndex((one) => typeof one !== 'string');
  if (wrong !== -1) throw invalid(`${name}[${wrong}] of ${call} has to be an agent_id, a string.`);
}

/** Throws `invalid_input` unless it is a string. */
export function requireText(call: string, name: string, given: unknown): void {
  if (typeof given !== 'string') throw invalid(`${name} of ${call} has to be a string.`);
}

/** Throws `invalid_input` unless it is true or false. */
export function requireFlag(call: string, name: string, given: unknown): void {
  if (!flag.is(given)) throw invalid(`${name} of ${call} has to be true or false.`);
}

/** Throws `invalid_input` unless it is a function. */
export function requireListener(call: string, given: unknown): void {
  if (typeof given !== 'function') throw invalid(`The listener of ${call} has to be a function.`);
}

const sendKinds: Kinds<GroupSendOptions> = { attachment: object, signal: abortSignal };
const attachmentKinds: Kinds<Attachment> = { bytes, name: text, mediaType: text };

/** Returns a copy of the attachment that `group.send` was given. Throws `invalid_input`, which names the option or the member. */
export function readGroupSend(options: GroupSendOptions): GivenAttachment | undefined {
  requireOptions<GroupSendOptions>('group.send', options, sendKinds);
  const { attachment } = options;
  if (attachment === undefined) return undefined;
  requireOptions<Attachment>('group.send', attachment, attachmentKinds, 'attachment');
  if (attachment.bytes === undefined) throw invalid('group.send needs the option “attachment.bytes”.');
  const { name, mediaType } = attachment;
  return {
    bytes: Uint8Array.from(attachment.bytes),
    ...(name === undefined ? {} : { name }),
    ...(mediaType === undefined ? {} : { mediaType }),
  };
}

const askKinds: Kinds<GroupAskOptions> = { to: texts, expires: number, signal: abortSignal };

/** Throws `invalid_input` for a method, or options, that `group.ask` does not have. */
export function requireGroupAsk(method: unknown, options: GroupAskOptions): void {
  if (typeof method !== 'string') throw invalid('The method of group.ask has to be a string.');
  requireName(method, 'method');
  requireOptions<GroupAskOptions>('group.ask', options, askKinds);
  if (options.to !== undefined) requireAgentIds('group.ask', 'to', options.to);
}

function isBytes(value: unknown): boolean {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

function invalid(detail: string): ParleyError {
  return new ParleyError('invalid_input', detail);
}
