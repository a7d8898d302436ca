import * as v from 'valibot';
import { longestKeyPackage } from '../../../group/credential/key-package.ts';
import { hash32, hex16 } from '../../../group/wire/members.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { JsonValue } from '../../../protocol/wire/json.ts';
import { bytesBetween, counter } from '../../../protocol/wire/members.ts';

/** The names of the methods that members call of each other (groups page, section 5). */
export const pairwiseNames = {
  state: 'parley.group_state',
  rejoin: 'parley.group_rejoin',
  decline: 'parley.group_decline',
} as const;

/** Characters of a rejoin's reason. */
const longestReason = 200;

export const stateCall = v.strictObject({ group_id: hex16, index: counter });
export const stateAnswer = v.object({
  group_id: hex16,
  index: counter,
  head: hash32,
  epoch: counter,
  authenticator: hash32,
});
export const rejoinCall = v.strictObject({
  group_id: hex16,
  key_package: bytesBetween(1, longestKeyPackage),
  reason: v.pipe(v.string(), v.maxLength(longestReason)),
});
export const declineCall = v.strictObject({ group_id: hex16 });

/** Reads parameters or a result by a schema. Throws `malformed_message`. */
export function readCall<const Schema extends v.GenericSchema>(schema: Schema, json: JsonValue): v.InferOutput<Schema> {
  const read = v.safeParse(schema, json, { abortEarly: true });
  if (read.success) return read.output;
  throw new ParleyError('malformed_message', 'The parameters are not those of this method. Nothing has changed.');
}
