import * as v from 'valibot';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { anyJson } from '../../protocol/wire/members.ts';
import type { GroupAnswerView, GroupAttachmentView, GroupPartView } from '../contracts/group-views.ts';
import type { NoMembers } from '../contracts/no-members.ts';

const told = v.object({ code: v.string(), detail: v.string() });

const answer = v.object({
  from: v.string(),
  at: v.number(),
  status: v.picklist(['success', 'error']),
  result: v.exactOptional(anyJson),
  error: v.exactOptional(told),
  messageId: v.exactOptional(v.string()),
  sentAt: v.exactOptional(v.number()),
});

/** What is written of an exchange that went through a group, in records of version 3 (docs/history.md). It is never changed. */
export const groupPartRecordV3: v.GenericSchema<GroupPartRecordV3> = v.object({
  groupId: v.string(),
  messageId: v.string(),
  index: v.exactOptional(v.number()),
  sender: v.string(),
  kind: v.picklist(['message', 'request']),
  to: v.exactOptional(v.array(v.string())),
  answers: v.array(answer),
  awaiting: v.array(v.string()),
  expiresAt: v.exactOptional(v.number()),
  delivery: v.picklist(['sending', 'stored', 'delivered']),
  attachment: v.exactOptional(
    v.object({ size: v.number(), name: v.exactOptional(v.string()), mediaType: v.exactOptional(v.string()) }),
  ),
  apart: v.exactOptional(v.picklist(['diverged', 'not_trusted'])),
});

/** The same, written out as in `ExchangeRecordV2`. */
export type GroupPartRecordV3 = {
  groupId: string;
  messageId: string;
  index?: number;
  sender: string;
  kind: 'message' | 'request';
  to?: string[];
  answers: {
    from: string;
    at: number;
    status: 'success' | 'error';
    result?: JsonValue;
    error?: { code: string; detail: string };
    messageId?: string;
    sentAt?: number;
  }[];
  awaiting: string[];
  expiresAt?: number;
  delivery: 'sending' | 'stored' | 'delivered';
  attachment?: { size: number; name?: string; mediaType?: string };
  apart?: 'diverged' | 'not_trusted';
};

/** Returns what is written of an exchange's part that a group has in it. */
export function toGroupPartRecordV3(part: GroupPartView): GroupPartRecordV3 {
  const { groupId, messageId, index, sender, kind, to, answers, awaiting, expiresAt, delivery, ...rest } = part;
  const { attachment, apart, ...undecided } = rest;
  undecided satisfies NoMembers;
  return {
    groupId,
    messageId,
    ...(index === undefined ? {} : { index }),
    sender,
    kind,
    ...(to === undefined ? {} : { to: [...to] }),
    answers: answers.map(toAnswer),
    awaiting: [...awaiting],
    ...(expiresAt === undefined ? {} : { expiresAt }),
    delivery,
    ...(attachment === undefined ? {} : { attachment: toAttachment(attachment) }),
    ...(apart === undefined ? {} : { apart }),
  };
}

function toAnswer(view: GroupAnswerView): GroupPartRecordV3['answers'][number] {
  const { from, at, status, result, error, messageId, sentAt, ...undecided } = view;
  undecided satisfies NoMembers;
  return {
    from,
    at,
    status,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error: { code: error.code, detail: error.detail } }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(sentAt === undefined ? {} : { sentAt }),
  };
}

function toAttachment(view: GroupAttachmentView): { size: number; name?: string; mediaType?: string } {
  const { size, name, mediaType, ...undecided } = view;
  undecided satisfies NoMembers;
  return { size, ...(name === undefined ? {} : { name }), ...(mediaType === undefined ? {} : { mediaType }) };
}
