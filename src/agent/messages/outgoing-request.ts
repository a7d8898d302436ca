import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { isShortText } from '../../protocol/wire/payload-texts.ts';
import type { ExchangeView } from '../contracts/views.ts';
import type { GivenStream } from '../streams/given-answer.ts';
import { rememberedFor } from './idempotency-cache.ts';
import { requirePlainJson } from './plain-json.ts';
import type { Impatience } from './sending.ts';

/** What is asked of whom. A given `requestId` repeats an earlier request, which the peer runs once. */
export interface OutgoingRequest extends Impatience {
  readonly peerId: string;
  readonly method: string;
  /** What JSON can hold; anything else is refused before it is sent. */
  readonly parameters: unknown;
  readonly requestId?: string;
  /** `store`: where the peer is away it is left for it, for `expires` milliseconds, a day when absent. Then it resolves once it is stored. */
  readonly whenAway?: 'store' | undefined;
  readonly expires?: number | undefined;
  /** Bytes that go with it: whole, up to 15 MiB, or as a stream. */
  readonly body?: Bytes | GivenStream | undefined;
}

type Away = Pick<OutgoingRequest, 'whenAway' | 'expires'>;

/** Milliseconds for which a request may be answered that is left, or asked in a group: where nobody says, and at most (groups page, section 6). */
const expiry = { usual: 86_400_000, longest: 30 * 86_400_000 } as const;

/** Returns for how many seconds a request may be answered that expires after `ms`. Throws `invalid_input` past 30 days. */
export function requireExpiry(ms: number = expiry.usual): number {
  if (Number.isFinite(ms) && ms > 0 && ms <= expiry.longest) return Math.ceil(ms / 1_000);
  throw new ParleyError(
    'invalid_input',
    'A request expires within 30 days: expires is in milliseconds. Nothing was sent.',
  );
}

/** Returns until when a request is left where its peer is away, in milliseconds since 1970; undefined for one that is not to be left. */
export function wishOf({ whenAway, expires = expiry.usual }: Away, now: number): number | undefined {
  return whenAway === 'store' ? now + expires : undefined;
}

/**
 * Returns until when a request of `at` may be answered that is left after an envelope of it may have gone out: its receiver may have run it,
 * and remembers that for 24 h alone (protocol page, section 4), counted by another clock.
 */
export function lastOfPosted(at: number): number {
  return at + rememberedFor - 900_000;
}

/** Throws `invalid_input` unless it says what is done where the peer is away, and until when what is left for it may be answered. */
export function requireAway({ whenAway, expires, body }: Away & Pick<OutgoingRequest, 'body'>): void {
  if (whenAway === 'store' && body !== undefined) {
    throw new ParleyError(
      'invalid_input',
      'A request with bytes is not left for a peer that is away. Nothing was sent.',
    );
  }
  if (whenAway !== undefined && whenAway !== 'store') {
    throw new ParleyError('invalid_input', 'whenAway has to be “store”, or is not given. Nothing was sent.');
  }
  if (expires === undefined) return;
  if (whenAway === undefined) {
    throw new ParleyError('invalid_input', 'expires is for a request with whenAway: “store”. Nothing was sent.');
  }
  requireExpiry(expires);
}

/** Throws `stale_timestamp` for a request that is repeated after 24 h: its receiver may have forgotten that it ran (protocol page, section 4). */
export function requireRepeatable(repeated: ExchangeView | undefined, now: number): void {
  if (repeated === undefined || now - repeated.at <= rememberedFor) return;
  throw new ParleyError(
    'stale_timestamp',
    'This request is more than 24 hours old: the peer may have run it and forgotten. Nothing was sent. Send it as a new one.',
  );
}

/** Returns the parameters as JSON. Throws `invalid_input`, with the path of the member, for what JSON cannot hold. */
export function parametersOf({ parameters }: OutgoingRequest): JsonValue {
  return requirePlainJson(parameters, 'parameters', 'Nothing was sent.');
}

/** Throws `invalid_input` unless a peer takes this as a method or request_id: 1 to 128 characters (protocol page, section 1). */
export function requireName(name: unknown, what: 'method' | 'request_id'): void {
  if (typeof name === 'string' && isShortText(name) && name.isWellFormed()) return;
  throw new ParleyError('invalid_input', `A ${what} has 1 to 128 characters. Nothing was sent.`);
}
