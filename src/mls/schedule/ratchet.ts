import { type Bytes, wipe } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { deriveTreeSecret } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import { assertNotWiped } from './wiped.ts';

/** A key and nonce for one message (RFC 9420, section 9.1). */
interface GenerationKey {
  readonly generation: number;
  readonly key: Bytes;
  readonly nonce: Bytes;
}

/** One of a leaf's two hash ratchets: the secret of the generation that comes next, and the keys that were skipped. */
export interface Ratchet {
  readonly secret: Bytes;
  readonly generation: number;
  /** In the order of their generations, all below the next one. */
  readonly skipped: readonly GenerationKey[];
}

/** A generation's key, the ratchet without it, and what the step consumed beside the key. */
export interface RatchetStep {
  readonly taken: GenerationKey;
  readonly ratchet: Ratchet;
  readonly consumed: readonly Bytes[];
}

/** The most steps that a ratchet goes forward for one message, and the most skipped keys that it keeps. */
const maximumForwardSteps = 200;
const maximumSkippedKeys = 200;
/** A generation is a uint32. */
const lastGeneration = 0xffff_ffff;

/** Returns a ratchet at its first generation. The secret is the ratchet's from now on. */
export function startRatchet(secret: Bytes): Ratchet {
  return { secret, generation: 0, skipped: [] };
}

/** Takes the next generation. Throws `ratchet_exhausted`, `secret_wiped`. */
export function nextStep(suite: CipherSuite, ratchet: Ratchet): RatchetStep {
  return forward(suite, ratchet, ratchet.generation);
}

/** Takes a generation, new or skipped. Throws `generation_consumed`, `generation_too_far`, `ratchet_exhausted`, `secret_wiped`. */
export function stepTo(suite: CipherSuite, ratchet: Ratchet, generation: number): RatchetStep {
  if (generation < ratchet.generation) return takeSkipped(ratchet, generation);
  if (generation - ratchet.generation > maximumForwardSteps) {
    throw new MlsError('generation_too_far', `Generation ${generation} is too far ahead of ${ratchet.generation}.`);
  }
  return forward(suite, ratchet, generation);
}

function takeSkipped(ratchet: Ratchet, generation: number): RatchetStep {
  const taken = ratchet.skipped.find((key) => key.generation === generation);
  if (taken === undefined) {
    throw new MlsError(
      'generation_consumed',
      `The key of generation ${generation} was used or dropped: the message came twice, or its sender used a state twice.`,
    );
  }
  const skipped = ratchet.skipped.filter((key) => key !== taken);
  return { taken, ratchet: { ...ratchet, skipped }, consumed: [] };
}

function forward(suite: CipherSuite, from: Ratchet, to: number): RatchetStep {
  assertNotWiped(from.secret);
  if (to >= lastGeneration) throw new MlsError('ratchet_exhausted', 'The ratchet has given its last generation.');
  const passed: GenerationKey[] = [];
  let secret = from.secret;
  let taken = keyOf(suite, secret, from.generation);
  for (;;) {
    const next = deriveTreeSecret(suite, secret, 'secret', taken.generation, suite.hashLength);
    // The first secret is still that of the state before.
    if (secret !== from.secret) wipe([secret]);
    secret = next;
    if (taken.generation === to) break;
    passed.push(taken);
    taken = keyOf(suite, secret, taken.generation + 1);
  }
  const all = passed.length === 0 ? from.skipped : [...from.skipped, ...passed];
  const dropped = all.slice(0, Math.max(0, all.length - maximumSkippedKeys));
  const skipped = dropped.length === 0 ? all : all.slice(dropped.length);
  return {
    taken,
    ratchet: { secret, generation: to + 1, skipped },
    consumed: [from.secret, ...dropped.flatMap(({ key, nonce }) => [key, nonce])],
  };
}

function keyOf(suite: CipherSuite, secret: Bytes, generation: number): GenerationKey {
  return {
    generation,
    key: deriveTreeSecret(suite, secret, 'key', generation, suite.aead.keyLength),
    nonce: deriveTreeSecret(suite, secret, 'nonce', generation, suite.aead.nonceLength),
  };
}

/** Returns every secret and key that the ratchet holds. */
export function secretsOfRatchet({ secret, skipped }: Ratchet): readonly Bytes[] {
  return [secret, ...skipped.flatMap(({ key, nonce }) => [key, nonce])];
}

/** Writes a ratchet for storage: what is in it and no more. */
export function writeRatchet(writer: Writer, ratchet: Ratchet): void {
  writer.opaque(ratchet.secret);
  writer.u32(ratchet.generation);
  writer.vector(ratchet.skipped, (inner, { generation, key, nonce }) => {
    inner.u32(generation);
    inner.opaque(key);
    inner.opaque(nonce);
  });
}

/** Reads a ratchet from storage. Throws `invalid_secret_tree` and what the codec throws. */
export function readRatchet(reader: Reader): Ratchet {
  const secret = reader.opaque();
  const generation = reader.u32();
  const skipped = reader.vector((inner) => ({ generation: inner.u32(), key: inner.opaque(), nonce: inner.opaque() }));
  const inOrder = skipped.every((key, i) => key.generation < (skipped[i + 1]?.generation ?? generation));
  if (!inOrder || skipped.length > maximumSkippedKeys) {
    throw new MlsError('invalid_secret_tree', 'The skipped keys of a ratchet are not as they are stored.');
  }
  return { secret, generation, skipped };
}
