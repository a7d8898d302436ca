import * as v from 'valibot';
import type { Retention } from '../agent/contracts/history-store.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { isBytes } from '../protocol/realm.ts';

/** Bytes as a store gives them back, in a buffer of their own. */
export const storedBytes = v.pipe(
  v.custom<Uint8Array>(isBytes),
  v.transform((view): Bytes => new Uint8Array(view)),
);

const none = new Uint8Array(0);

/**
 * An exchange at rest. What stands in its key has to be right; any other member that is damaged becomes one under which the
 * record does not decrypt, so that one record never hides the rest.
 */
export const storedExchange = v.object({
  peerId: v.string(),
  sequence: v.number(),
  sessionId: v.fallback(v.string(), ''),
  direction: v.fallback(v.picklist(['outgoing', 'incoming']), 'incoming'),
  at: v.fallback(v.number(), 0),
  isOpen: v.fallback(v.boolean(), false),
  tag: v.fallback(v.string(), ''),
  iv: v.fallback(storedBytes, none),
  ciphertext: v.fallback(storedBytes, none),
});

/** How long the conversation with a peer is kept. */
export const storedRetention = v.variant('keep', [
  v.object({ keep: v.literal('all') }),
  v.object({ keep: v.literal('days'), days: v.number() }),
  v.object({ keep: v.literal('bytes'), bytes: v.number() }),
]);

/** What holds until a person says otherwise. */
export const keepAll: Retention = { keep: 'all' };

/** An entry of the audit trail at rest: packed, or its text, as versions before the packed form stored it. */
export const storedAuditEntry = v.object({
  index: v.number(),
  text: v.optional(v.string(), ''),
  packed: v.nullish(storedBytes),
  hash: storedBytes,
});

/** The last writing of each record of a batch. */
export function lastOfEach<T extends { readonly record: { readonly peerId: string; readonly sequence: number } }>(
  exchanges: readonly T[],
): readonly T[] {
  return [...new Map(exchanges.map((one) => [`${one.record.peerId} ${one.record.sequence}`, one])).values()];
}

/** Those of what was stored that are as they should be: a search finds less without the others, and nothing else suffers. */
export function readableOf<Schema extends v.GenericSchema>(
  schema: Schema,
  stored: readonly unknown[],
): readonly v.InferOutput<Schema>[] {
  return stored.flatMap((one) => {
    const { success, output } = v.safeParse(schema, one);
    return success ? [output] : [];
  });
}
