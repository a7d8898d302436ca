import * as v from 'valibot';
import type { AgentId } from '../../protocol/bytes.ts';
import * as member from '../../protocol/wire/members.ts';
import { isShortText } from '../../protocol/wire/payload-texts.ts';
import { isMessageId, type MessageId } from './message-id.ts';

/** How far ahead a request may expire, in seconds: 30 days (groups page, section 6). */
export const longestExpiry = 30 * 86_400;
/** A group has no more members than this. */
const mostAsked = 256;

const messageId: v.GenericSchema<string, MessageId> = v.pipe(
  v.string(),
  v.guard(isMessageId, 'expected 32 lowercase hex digits'),
);

const sent = {
  message_id: messageId,
  sent_at: member.moment,
  seen: v.strictObject({ index: member.counter, head: member.bytesOf(32) }),
};

/** What it says was checked against the bytes before. */
const attachment = v.optional(v.strictObject({ size: member.counter }));

const message = v.strictObject({
  message_type: v.literal('GROUP_MESSAGE'),
  ...sent,
  content: member.anyJson,
  attachment,
});

const asked: v.GenericSchema<string[], AgentId[]> = v.pipe(
  v.array(member.agentId),
  v.minLength(1),
  v.maxLength(mostAsked),
  v.check((to) => new Set(to).size === to.length, 'expected each agent once'),
);

const request = v.strictObject({
  message_type: v.literal('GROUP_REQUEST'),
  ...sent,
  method: v.pipe(v.string(), v.check(isShortText, 'expected 1 to 128 characters')),
  parameters: member.anyJson,
  expires_at: member.moment,
  to: v.optional(asked),
  /** Not in the table of the groups page, section 6, but messages of groups may carry one by the protocol page, section 4.2. */
  attachment,
});

const response = v.variant('status', [
  v.strictObject({
    message_type: v.literal('GROUP_RESPONSE'),
    ...sent,
    answers: messageId,
    status: v.literal('SUCCESS'),
    result: member.anyJson,
  }),
  v.strictObject({
    message_type: v.literal('GROUP_RESPONSE'),
    ...sent,
    answers: messageId,
    status: v.literal('ERROR'),
    error: member.anyJson,
  }),
]);

const receipt = v.strictObject({ message_type: v.literal('GROUP_RECEIPT'), ...sent, read: member.counter });

/** Everything that a message of a group can hold (groups page, section 6). */
export const groupPayload = v.variant('message_type', [message, request, response, receipt]);

export type PayloadMembers = v.InferOutput<typeof groupPayload>;
