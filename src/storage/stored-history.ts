import * as v from 'valibot';
import type { Retention, StoredExchange } from '../agent/contracts/history-store.ts';
import type { NoMembers } from '../agent/contracts/no-members.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { isBytes } from '../protocol/realm.ts';

/** Bytes as a store gives them back, in a buffer of their own. */
export const storedBytes = v.pipe(
  v.custom<Uint8Array>(isBytes),
  v.transform((view): Bytes => new Uint8Array(view)),
);

const none = new Uint8Array(0);

/**
 * Version 1 of the row of an exchange, whose plaintext has versions of its own. What stands in its key has to be right; any other member that is damaged becomes one under which the
 * record does not decrypt, so that one record never hides the rest.
 */
export const exchangeV1 = v.object({
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

/** Version 1 of how long the conversation with a peer is stored. */
export const retentionV1 = v.variant('keep', [
  v.object({ keep: v.literal('all') }),
  v.object({ keep: v.literal('days'), days: v.number() }),
  v.object({ keep: v.literal('bytes'), bytes: v.number() }),
]);

/** Returns what is stored of an exchange. `openAt` finds it while it is open. */
export function toExchangeV1(record: StoredExchange): v.InferOutput<typeof exchangeV1> & { readonly openAt?: number } {
  const { peerId, sessionId, direction, sequence, iv, ciphertext, at, isOpen, tag, ...undecided } = record;
  undecided satisfies NoMembers;
  const row = { peerId, sessionId, direction, sequence, iv, ciphertext, at, isOpen, tag };
  return isOpen ? { ...row, openAt: at } : row;
}

/** Returns what is stored of a limit. */
export function toRetentionV1(retention: Retention): v.InferOutput<typeof retentionV1> {
  switch (retention.keep) {
    case 'all':
      return { keep: 'all' };
    case 'days':
      return { keep: 'days', days: retention.days };
    case 'bytes':
      return { keep: 'bytes', bytes: retention.bytes };
  }
}

/** What holds until a person says otherwise. */
export const keepAll: Retention = { keep: 'all' };

/** An entry of the audit trail at rest: packed, or its text, as versions before the packed form stored it. */
export const storedAuditEntry = v.object({
  index: v.number(),
  text: v.optional(v.string(), ''),
  packed: v.nullish(storedBytes),
  hash: storedBytes,
});

/** Returns the last write of each record of a batch. */
export function lastOfEach<T extends { readonly record: { readonly peerId: string; readonly sequence: number } }>(
  exchanges: readonly T[],
): readonly T[] {
  return [...new Map(exchanges.map((one) => [`${one.record.peerId} ${one.record.sequence}`, one])).values()];
}

/** Returns the valid ones of the stored values: a search finds less without the others, and nothing else suffers. */
export function readableOf<Schema extends v.GenericSchema>(
  schema: Schema,
  stored: readonly unknown[],
): readonly v.InferOutput<Schema>[] {
  return stored.flatMap((one) => {
    const { success, output } = v.safeParse(schema, one);
    return success ? [output] : [];
  });
}
