import type { Bytes } from '../protocol/bytes.ts';
import type { Environment } from '../protocol/crypto/environment.ts';
import { generated, withRepeatedGeneration } from '../protocol/crypto/key-generation.ts';
import { nobleKem } from '../protocol/crypto/noble-kem.ts';
import { platformKem } from '../protocol/crypto/platform-kem.ts';
import { quietExperiments } from './node-experiments.ts';

/** Returns random bytes from the one source of randomness. */
function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

let warned: Promise<void> | undefined;

/** Returns what the protocol needs of this platform: its cryptography, its clock, its randomness. */
export async function platformEnvironment(): Promise<Environment> {
  const subtle = withRepeatedGeneration(crypto.subtle);
  warned ??= quietExperiments(crypto.subtle);
  await warned;
  return {
    subtle,
    kem: (await platformKem(subtle)) ?? nobleKem(random),
    random,
    now: () => Date.now(),
    monotonic: () => performance.timeOrigin + performance.now(),
  };
}

const uses = { signing: ['sign', 'verify'], encryption: ['encrypt', 'decrypt'] } as const;
const algorithms = { signing: 'RSA-PSS', encryption: 'RSA-OAEP' } as const;

/** Makes RSA pairs with e = 65537 (protocol page, section 2). Extractable only where a file has to hold them. */
function rsaGenerator(extractable: boolean): (use: 'signing' | 'encryption', bits: number) => Promise<CryptoKeyPair> {
  return (use, bits) =>
    generated(() =>
      crypto.subtle.generateKey(
        {
          name: algorithms[use],
          modulusLength: bits,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        },
        extractable,
        uses[use],
      ),
    );
}

/** Makes RSA pairs whose private keys nobody can take out. */
export const generateRsa = rsaGenerator(false);

/** Makes RSA pairs for a store that keeps them as a file. */
export const generateExtractableRsa = rsaGenerator(true);

/** The longest time one timer can wait. */
const longestTimer = 2 ** 31 - 1;

/** Timers of this thread. */
export const scheduler = {
  after(ms: number, task: () => void): { cancel(): void } {
    const id = setTimeout(task, Math.min(longestTimer, Math.max(0, ms)));
    return { cancel: () => clearTimeout(id) };
  },
};
