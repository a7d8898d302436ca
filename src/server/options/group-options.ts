import * as v from 'valibot';
import { ParleyError } from '../../protocol/errors.ts';
import type { NatsOptions } from '../../storage/nats/connect.ts';
import type { JoinOptions } from '../../storage/nats/pin.ts';

/** The flags of a server of a group, beside the URL of NATS. */
export const groupFlags = {
  'nats-creds': { type: 'string' },
  'nats-nkey': { type: 'string' },
  'nats-ca': { type: 'string' },
  'nats-cert': { type: 'string' },
  'nats-key': { type: 'string' },
  'new-group': { type: 'boolean' },
  'adopt-group': { type: 'boolean' },
} as const;

/** The variables of the environment that stand for them. */
export const groupVariables = {
  'nats-creds': 'NATS_CREDS',
  'nats-nkey': 'NATS_NKEY',
  'nats-ca': 'NATS_CA',
  'nats-cert': 'NATS_CERT',
  'nats-key': 'NATS_KEY',
  'new-group': 'PARLEY_NEW_GROUP',
  'adopt-group': 'PARLEY_ADOPT_GROUP',
} as const satisfies Record<keyof typeof groupFlags, string>;

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
} as const;

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
