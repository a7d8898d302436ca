import * as v from 'valibot';
import { type RelayLimits, standardRelayLimits } from '../../relay/server/limits.ts';
import { type StreamLimits, standardStreamLimits } from '../limits/event-streams.ts';
import type { limitFlags } from './flags.ts';

const mebibyte = 1024 * 1024;

/** Makes the schema of a whole number that is written in digits. */
export const whole = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, 'is not a whole number'),
    v.transform(Number),
    v.minValue(least, `is less than ${least}`),
    v.maxValue(most, `is more than ${most}`),
  );

/** Their schema. Less memory than this would refuse the largest message of one address. */
export const limitSchema = {
  'relay-memory': v.optional(whole(128, 1_000_000)),
  'requests-per-agent': v.optional(whole(2, 1_000_000)),
  'handshakes-per-agent': v.optional(whole(2, 1_000_000)),
  'connected-agents': v.optional(whole(5, 10_000_000)),
  'event-streams': v.optional(whole(1, 1_000_000)),
  'event-streams-per-address': v.optional(whole(1, 1_000_000)),
  'address-share': v.optional(whole(1, 100)),
} as const satisfies Record<keyof typeof limitFlags, v.GenericSchema>;

/** What a server holds at most, as its operator wants it. */
export interface LimitOptions {
  readonly relay: RelayLimits;
  readonly streams: StreamLimits;
}

const allFlags = v.object(limitSchema);

/** Returns the limits that the flags say, and the standard ones where they say nothing. */
export function limitOptions(flags: v.InferOutput<typeof allFlags>): LimitOptions {
  const { relay, streams } = { relay: standardRelayLimits, streams: standardStreamLimits };
  const { 'relay-memory': memory, 'address-share': percent } = flags;
  const share = percent === undefined ? undefined : percent / 100;
  return {
    relay: {
      ...relay,
      bytesUnderWay: memory === undefined ? relay.bytesUnderWay : memory * mebibyte,
      requestsPerAgent: flags['requests-per-agent'] ?? relay.requestsPerAgent,
      handshakesPerAgent: flags['handshakes-per-agent'] ?? relay.handshakesPerAgent,
      agents: flags['connected-agents'] ?? relay.agents,
      shareOfAddress:
        share === undefined
          ? relay.shareOfAddress
          : { requests: share, bytes: share, frames: share, connections: share },
    },
    streams: {
      ...streams,
      total: flags['event-streams'] ?? streams.total,
      perAddress: flags['event-streams-per-address'] ?? streams.perAddress,
    },
  };
}
