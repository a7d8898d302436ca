import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../places.mjs';

/** @typedef {{ readonly pkcs8: string, readonly spki: string }} StoredPair DER in base64 */

/** RSA pairs that the tests use over and over, by their bits: making one takes 0.1 to 0.5 s, importing it 0.2 ms. */
const counts = { 2048: 32, 3072: 32 };

const path = join(cache, 'rsa-pairs.json');

/** Makes the pairs of the tests, unless they are stored already. They guard nothing. Runs before the first test. */
export async function setup() {
  if (read() !== undefined) return;
  const made = Object.entries(counts).map(async ([bits, count]) => [
    bits,
    await Promise.all(Array.from({ length: count }, () => makePair(Number(bits)))),
  ]);
  mkdirSync(cache, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(Object.fromEntries(await Promise.all(made))), { mode: 0o600 });
  renameSync(unfinished, path);
}

/** Gives the stored pairs one after the other, and then again from the first: no test has so many agents. */
export class RsaPairs {
  #stored = read() ?? {};
  /** @type {Record<number, number>} */
  #given = {};

  /**
   * Returns the next pair of so many bits.
   *
   * @param {number} bits
   * @returns {StoredPair | undefined} undefined where `setup` has not run, or made none of these bits
   */
  next(bits) {
    const pairs = this.#stored[bits] ?? [];
    const at = this.#given[bits] ?? 0;
    this.#given[bits] = at + 1;
    return pairs[at % pairs.length];
  }
}

/** @returns {Record<string, readonly StoredPair[]> | undefined} undefined where there are not as many as there must be */
function read() {
  try {
    const stored = JSON.parse(readFileSync(path, 'utf8'));
    const isWhole = Object.entries(counts).every(([bits, count]) => stored[bits]?.length === count);
    return isWhole ? stored : undefined;
  } catch (error) {
    // Nothing was made yet, or somebody has cut the file short.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/**
 * @param {number} bits
 * @returns {Promise<StoredPair>}
 */
async function makePair(bits) {
  const { subtle } = crypto;
  const algorithm = {
    name: 'RSA-PSS',
    modulusLength: bits,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const pair = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const base64 = async (/** @type {'pkcs8' | 'spki'} */ format, /** @type {CryptoKey} */ key) =>
    Buffer.from(await subtle.exportKey(format, key)).toString('base64');
  return { pkcs8: await base64('pkcs8', pair.privateKey), spki: await base64('spki', pair.publicKey) };
}
