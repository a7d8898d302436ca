import { JetStreamApiError } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';

/** JetStream's codes for a key that has changed since it was read (JSStreamWrongLastSequence). */
const changedSince: readonly number[] = [10_071, 10_164];

/** Whether `error` says that somebody else was faster. */
export function isOutrun(error: unknown): boolean {
  return error instanceof JetStreamApiError && changedSince.includes(error.code);
}

/** The text under a key and its revision (0 for none): what a change of it must name. */
export async function readKey(kv: KV, key: string): Promise<{ text: string | undefined; revision: number }> {
  const entry = await kv.get(key);
  if (entry === null) return { text: undefined, revision: 0 };
  return { text: entry.operation === 'PUT' ? entry.string() : undefined, revision: entry.revision };
}

/**
 * Replaces what a key holds by what `change` makes of it, and tries again for as long as somebody else is faster. Nothing
 * is written when `change` throws, or gives undefined.
 */
export async function changeKey(
  kv: KV,
  key: string,
  change: (text: string | undefined) => string | undefined,
): Promise<void> {
  for (;;) {
    const { text, revision } = await readKey(kv, key);
    const changed = change(text);
    if (changed === undefined) return;
    try {
      await kv.put(key, changed, { previousSeq: revision });
      return;
    } catch (error) {
      if (!isOutrun(error)) throw error;
    }
  }
}
