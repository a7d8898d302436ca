import * as v from 'valibot';
import { isGroupName } from '../../../group/descriptor/descriptor.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { isMessageId } from '../../../group/payload/message-id.ts';
import { mostMembers } from '../../../group/wire/members.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { isAgentId } from '../../../protocol/ids.ts';
import { isShortText } from '../../../protocol/wire/payload-texts.ts';
import { pathText } from '../../messages/plain-json.ts';

/** UTF-16 code units of a name or media type that is looked at, at most. */
const longestText = 4_096;

const text = v.pipe(
  v.string('has to be a string'),
  v.maxLength(longestText, `has more than ${longestText} characters`),
  v.check((given) => given.isWellFormed(), 'holds a lone surrogate'),
);
const agentId = v.pipe(v.string('has to be an agent_id, a string'), v.check(isAgentId, 'is no agent_id'));
const words = { undefined: 'is not given', never: 'is no member that this call takes' } as const;

/** Returns the schema of an object that has these members and no others. */
function members<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, ({ received, expected }) => {
    if (expected === 'never') return words.never;
    return received === 'undefined' ? words.undefined : 'has to be an object';
  });
}

const bytes = v.custom<Bytes>(isBytes, ({ received }) =>
  received === 'undefined' ? words.undefined : 'has to be a Uint8Array',
);

function agentIds(least: 0 | 1) {
  return v.pipe(
    v.array(agentId, 'has to be an array of agent_ids'),
    v.minLength(least, 'has to name an agent'),
    v.maxLength(mostMembers, `names more than ${mostMembers} agents`),
  );
}

const groupId = v.pipe(
  v.string('has to be a group_id, a string'),
  v.check(isGroupId, 'is no group_id: 32 lowercase hex digits'),
);
const name = v.pipe(
  v.string('has to be a string'),
  v.check(isGroupName, 'has 1 to 100 characters, none of them a control or bidi character'),
);
const flag = v.boolean('has to be true or false');
const count = (least: number) =>
  v.pipe(
    v.number('has to be a number'),
    v.safeInteger('has to be an integer'),
    v.minValue(least, `has to be ${least} or more`),
  );

/** What each call of `GroupsApi` takes. Content and parameters are looked at as JSON beside this. */
export const takes = {
  groupId,
  name,
  flag,
  messageId: v.pipe(
    v.string('has to be a message_id, a string'),
    v.check(isMessageId, 'is no message_id: 32 lowercase hex digits'),
  ),
  agentIds: agentIds(0),
  admins: agentIds(1),
  before: v.optional(count(0)),
  count: v.optional(count(1)),
  settings: members({ joinsByItself: members({ direct: flag, group: flag }) }),
  creation: text,
  newGroup: members({ name, invite: v.optional(agentIds(0)) }),
  saying: members({
    groupId,
    content: v.unknown(),
    attachment: v.optional(members({ bytes, name: v.optional(text), mediaType: v.optional(text) })),
  }),
  asking: members({
    groupId,
    method: v.pipe(
      v.string('has to be a string'),
      v.check((method) => isShortText(method) && method.isWellFormed(), 'has 1 to 128 characters'),
    ),
    parameters: v.unknown(),
    to: v.optional(agentIds(1)),
    expires: v.optional(v.number('has to be a number of milliseconds')),
  }),
} as const;

/**
 * Returns a copy of what a program or a page without types has given, when it is what a call takes. Throws `invalid_input` for
 * everything else: the detail names the member, such as `attachment.name` or `invite[3]`, and ends with `consequence`. `root` names a
 * value whose members are no arguments by themselves.
 */
export function given<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  root: string,
  consequence: string,
): v.InferOutput<Schema> {
  const read = parsed(schema, value);
  if (read.issue === undefined) return read.output;
  const { message } = read.issue;
  const steps = (read.issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const path = pathText(root, steps) || 'What is given';
  throw new ParleyError('invalid_input', `${path} ${message}. ${consequence}`);
}

type Parsed<Output> =
  | { readonly issue: Pick<v.BaseIssue<unknown>, 'path' | 'message'>; readonly output?: never }
  | { readonly issue?: never; readonly output: Output };

function parsed<Schema extends v.GenericSchema>(schema: Schema, value: unknown): Parsed<v.InferOutput<Schema>> {
  try {
    const result = v.safeParse(schema, value, { abortEarly: true });
    return result.success ? { output: result.output } : { issue: result.issues[0] };
  } catch (cause) {
    // A getter or a proxy of whoever calls.
    asParleyError(cause);
    return { issue: { path: undefined, message: 'threw an error when it was read' } };
  }
}

function isBytes(value: unknown): value is Bytes {
  if (!(ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]')) return false;
  return Object.prototype.toString.call(value.buffer) === '[object ArrayBuffer]';
}
