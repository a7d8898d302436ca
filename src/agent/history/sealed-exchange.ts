import { type Bytes, concat } from '../../protocol/bytes.ts';
import { open, seal } from '../../protocol/crypto/aead.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { encodeUtf8, ScratchBuffer } from '../../protocol/scratch-buffer.ts';
import { paddingFor } from '../../protocol/wire/padding.ts';
import type { HistoryKeys } from '../contracts/history-store.ts';
import {
  type ArchivedRecord,
  answerBytesIn,
  type ExchangePlace,
  type ExchangeRecord,
  fromExchangeRecord,
  type HistoryExchange,
} from './exchange-record.ts';

const ivLength = 12;
const tagLength = 16;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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

/** Encrypts a record of an exchange, as `sealJson` does. */
export function sealAt(
  context: RecordContext,
  aad: Bytes,
  record: ExchangeRecord | ArchivedRecord,
): Promise<SealedExchange> {
  return sealJson(context, aad, record);
}

/**
 * Encrypts a record: AES-256-GCM under a fresh random IV of 12 bytes, the JSON padded to its Padmé length, so that its size
 * tells little. `aad` says where it stands: at another place it does not decrypt.
 */
export async function sealJson(
  { keys, environment }: RecordContext,
  aad: Bytes,
  record: object,
): Promise<SealedExchange> {
  const json = encodeUtf8(JSON.stringify(record));
  const iv = environment.random(ivLength);
  const { ciphertext, tag } = await ScratchBuffer.use((scratch) =>
    seal(environment.subtle, keys.record, iv, aad, scratch.concat(json, paddingFor(json.length))),
  );
  return { iv, ciphertext: concat(ciphertext, tag) };
}

/**
 * Returns the exchange that stands at a place; undefined when it was damaged, altered or moved. `place`: what stands beside a
 * record that does not say it.
 */
export async function openAt(
  context: RecordContext,
  aad: Bytes,
  sealed: SealedExchange,
  place?: ExchangePlace,
): Promise<HistoryExchange | undefined> {
  const json = await openJson(context, aad, sealed);
  return json === undefined ? undefined : fromExchangeRecord(json, place);
}

/** Returns the exchange that stands at a place as `openAt` does, with the bytes that are kept with its answer. */
export async function openWithBytes(
  context: RecordContext,
  aad: Bytes,
  sealed: SealedExchange,
  place: ExchangePlace,
): Promise<{ readonly exchange: HistoryExchange; readonly answerBytes?: Bytes } | undefined> {
  const json = await openJson(context, aad, sealed);
  const exchange = fromExchangeRecord(json, place);
  const answerBytes = answerBytesIn(json);
  if (exchange === undefined) return undefined;
  return answerBytes === undefined ? { exchange } : { exchange, answerBytes };
}

/** Returns the JSON that stands at a place; undefined when it was damaged, altered or moved. */
export async function openJson(
  { keys, environment }: RecordContext,
  aad: Bytes,
  { iv, ciphertext }: SealedExchange,
): Promise<unknown> {
  const split = Math.max(0, ciphertext.length - tagLength);
  const sealed = { iv, ciphertext: ciphertext.subarray(0, split), tag: ciphertext.subarray(split) };
  const plaintext = await open(environment.subtle, keys.record, sealed, aad);
  return plaintext === undefined ? undefined : jsonIn(plaintext);
}

function jsonIn(plaintext: Bytes): unknown {
  try {
    return JSON.parse(decoder.decode(plaintext));
  } catch (cause) {
    // What TextDecoder and JSON.parse throw for bytes that are no UTF-8 or no JSON.
    if (cause instanceof TypeError || cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
