import * as v from 'valibot';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { open, seal } from '../../protocol/crypto/aead.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { encodeUtf8, withGathered } from '../../protocol/scratch-buffer.ts';
import { paddingFor } from '../../protocol/session/padding.ts';
import { anyJson } from '../../protocol/wire/members.ts';
import type { HistoryKeys } from '../contracts/history-store.ts';
import type { ExchangeView } from '../contracts/views.ts';

const ivLength = 12;
const tagLength = 16;
const decoder = new TextDecoder();

/** An exchange that has its number in the history with its peer. */
export type KeptExchange = ExchangeView & { readonly sequence: number };

const keptExchange = v.object({
  requestId: v.string(),
  sessionId: v.string(),
  peerId: v.string(),
  peerKey: v.exactOptional(v.string()),
  direction: v.picklist(['outgoing', 'incoming']),
  method: v.string(),
  parameters: anyJson,
  at: v.number(),
  sentAt: v.exactOptional(v.number()),
  status: v.picklist(['pending', 'held', 'success', 'error', 'failed']),
  result: v.exactOptional(anyJson),
  error: v.exactOptional(v.object({ code: v.string(), detail: v.string() })),
  durationMs: v.exactOptional(v.number()),
  answerBy: v.exactOptional(v.number()),
  sequence: v.number(),
});

/** Who reads and writes records: the agent that keeps them, and its keys. */
export interface RecordContext {
  readonly agentId: string;
  readonly keys: HistoryKeys;
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
}

/** An exchange encrypted: 12 bytes of IV, and the ciphertext with its tag of 16 bytes at the end. */
export interface SealedExchange {
  readonly iv: Bytes;
  readonly ciphertext: Bytes;
}

/**
 * An exchange at rest: AES-256-GCM under a fresh random IV of 12 bytes, the JSON padded to its Padmé length, so that its size
 * tells little. `aad` says where it stands: at another place it does not decrypt. What `aad` says may be left out of it.
 */
export async function sealAt(
  context: RecordContext,
  aad: Bytes,
  exchange: Partial<KeptExchange>,
): Promise<SealedExchange> {
  const { keys, environment } = context;
  const json = encodeUtf8(JSON.stringify(exchange));
  const iv = environment.random(ivLength);
  const { ciphertext, tag } = await withGathered((gather) =>
    seal(environment.subtle, keys.record, iv, aad, gather(json, paddingFor(json.length))),
  );
  return { iv, ciphertext: concat(ciphertext, tag) };
}

/** The exchange that stands at a place; none when it was damaged, altered or moved. `place`: what was left out of it. */
export async function openAt(
  { keys, environment }: RecordContext,
  aad: Bytes,
  { iv, ciphertext }: SealedExchange,
  place: Partial<KeptExchange> = {},
): Promise<KeptExchange | undefined> {
  const split = Math.max(0, ciphertext.length - tagLength);
  const sealed = { iv, ciphertext: ciphertext.subarray(0, split), tag: ciphertext.subarray(split) };
  const plaintext = await open(environment.subtle, keys.record, sealed, aad);
  if (plaintext === undefined) return undefined;
  const json: unknown = JSON.parse(decoder.decode(plaintext));
  const whole: unknown = typeof json === 'object' ? { ...place, ...json } : json;
  const { success, output } = v.safeParse(keptExchange, whole);
  return success ? output : undefined;
}
