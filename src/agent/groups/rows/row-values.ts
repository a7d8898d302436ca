import * as v from 'valibot';
import { isGroupId } from '../../../group/log/group-id.ts';
import { isAgentId } from '../../../protocol/ids.ts';

/** Values in the rows of groups. What is beyond them is never written, and would throw or mislead where it is shown or reckoned with. */
export const groupId = v.pipe(v.string(), v.check(isGroupId));
export const agentId = v.pipe(v.string(), v.check(isAgentId));
export const agentIds = v.array(agentId);
/** A count, or an index in a log. */
export const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** An index in a log; -1 for none. */
export const indexOrNone = v.pipe(v.number(), v.safeInteger(), v.minValue(-1));
/** Milliseconds since 1970, within what a date can be. */
export const instant = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
/** Unix seconds, within what a date can be. */
export const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(8.64e12));
