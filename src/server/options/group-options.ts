import * as v from 'valibot';
import { ParleyError } from '../../protocol/errors.ts';
import type { NatsOptions } from '../../storage/nats/connect.ts';
import type { JoinOptions } from '../../storage/nats/pin.ts';
import type { groupFlags } from './flags.ts';

const truth = v.pipe(
  v.picklist(['true', 'false', '1', '0'], 'is neither true nor false'),
  v.transform((text) => text === 'true' || text === '1'),
);

const file = v.pipe(v.string(), v.minLength(1, 'needs a value'));

/** Their schema. */
export const groupSchema = {
  'nats-creds': v.optional(file),
  'nats-nkey': v.optional(file),
  'nats-ca': v.optional(file),
  'nats-cert': v.optional(file),
  'nats-key': v.optional(file),
  'new-group': v.optional(truth, 'false'),
  'adopt-group': v.optional(truth, 'false'),
} as const satisfies Record<keyof typeof groupFlags, v.GenericSchema>;

/** How a server joins the others of its group. */
export interface GroupOptions extends Omit<NatsOptions, 'urls'>, JoinOptions {}

const allFlags = v.object(groupSchema);

/** Returns what the flags say. Throws `invalid_input` for credentials of two kinds, and for half a client certificate. */
export function groupOptions(flags: v.InferOutput<typeof allFlags>): GroupOptions {
  const { 'nats-creds': creds, 'nats-nkey': nkey, 'nats-ca': ca, 'nats-cert': cert, 'nats-key': key } = flags;
  if (creds !== undefined && nkey !== undefined) {
    throw new ParleyError('invalid_input', 'NATS takes either --nats-creds or --nats-nkey, not both.');
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new ParleyError('invalid_input', 'A client certificate for NATS needs both --nats-cert and --nats-key.');
  }
  return { creds, nkey, tls: { ca, cert, key }, newGroup: flags['new-group'], adoptGroup: flags['adopt-group'] };
}
