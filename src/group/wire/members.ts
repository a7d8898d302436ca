import * as v from 'valibot';
import type { AgentId } from '../../protocol/bytes.ts';
import { decodeIfBase64 } from '../../protocol/wire/base64.ts';
import { agentId, counter } from '../../protocol/wire/members.ts';

/** Members of a group at most (groups page, section 4). */
export const mostMembers = 256;

/** 16 bytes in lowercase hex: a group_id, an entry_id. */
export const hex16 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'expected 32 lowercase hex digits'));

/** The base URL of the service, as an agent names it in what it signs. */
export const serverName = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

/** Base64 of any length; how long it may be is said by a code of its own, `message_too_large`. */
export const base64 = v.pipe(
  v.string(),
  v.transform(decodeIfBase64),
  v.check((bytes) => bytes !== undefined, 'expected canonical base64'),
  v.transform((bytes) => bytes ?? new Uint8Array(0)),
  v.check((bytes) => bytes.length > 0, 'expected at least 1 byte'),
);

/** Base64 of the 32 bytes of a hash. */
export const hash32 = v.pipe(
  base64,
  v.check((bytes) => bytes.length === 32, 'expected 32 bytes'),
);

/** Agent_ids, sorted and without duplicates. How many there may be is said by a code of its own, `group_full`. */
export const sortedAgentIds: v.GenericSchema<string[], AgentId[]> = v.pipe(
  v.array(agentId),
  v.check((ids) => ids.every((id, i) => i === 0 || (ids[i - 1] ?? '') < id), 'expected sorted agent_ids, each once'),
);

/** Agent_ids in any order, without duplicates. */
export const distinctAgentIds: v.GenericSchema<string[], AgentId[]> = v.pipe(
  v.array(agentId),
  v.check((ids) => new Set(ids).size === ids.length, 'expected agent_ids, each once'),
);

/** The answer's and the request's index. */
export const index = counter;

/** An index as it stands in a query. */
export const indexText = v.pipe(
  v.string(),
  v.regex(/^(?:0|[1-9]\d{0,15})$/, 'expected an index'),
  v.transform(Number),
  v.safeInteger('expected an index'),
);
