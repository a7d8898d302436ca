import * as v from 'valibot';
import { isAgentId } from '../../protocol/ids.ts';

export const agentId = v.pipe(v.string(), v.check(isAgentId, 'expected an agent_id'));
/** A request may have been meant for somebody who is no agent. */
export const peerId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
export const count = v.pipe(v.number(), v.safeInteger('expected a whole number'), v.minValue(1));
/** Milliseconds since 1970, within what a date can be. */
export const instant = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
/** A group_id or a message_id. */
export const messageId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
