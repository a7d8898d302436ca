import { hasEncapsulation } from '../protocol/crypto/subtle.ts';
import { withoutExperimentalWarnings } from './experimental-warnings.ts';

/**
 * Uses once what Node calls experimental of Web Crypto and Parley uses: ML-KEM, and what the KEM of groups asks for beside it. So
 * Node says of each what it says once in a process where nobody is shown it. Does nothing elsewhere.
 */
export async function quietExperiments(subtle: object): Promise<void> {
  if (!('process' in globalThis) || !hasEncapsulation(subtle)) return;
  await quietly(() => call(SubtleCrypto, 'supports', 'digest', 'SHA-256'));
  await quietly(() => call(subtle, 'digest', 'SHA3-256', new Uint8Array(1)));
  await quietly(() => call(subtle, 'digest', { name: 'cSHAKE256', length: 256, outputLength: 256 }, new Uint8Array(1)));
  await quietly(async () => {
    const { privateKey, publicKey } = await withoutExperimentalWarnings(() =>
      subtle.generateKey('ML-KEM-768', false, ['encapsulateBits', 'decapsulateBits']),
    );
    await quietly(() => call(subtle, 'getPublicKey', privateKey, ['encapsulateBits']));
    const { ciphertext } = await withoutExperimentalWarnings(() => subtle.encapsulateBits('ML-KEM-768', publicKey));
    const sealed = new Uint8Array(ciphertext);
    await withoutExperimentalWarnings(() => subtle.decapsulateBits('ML-KEM-768', privateKey, sealed));
  });
}

/** Calls a method that the types of the platform may lack; one that is not there is nothing to warn of. */
function call(target: object, name: string, ...given: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(target, name);
  return typeof method === 'function' ? Reflect.apply(method, target, given) : undefined;
}

/** Runs `work` without what Node says of it. A platform that lacks the interface warns of nothing, and another way is taken. */
async function quietly(work: () => unknown): Promise<void> {
  try {
    await withoutExperimentalWarnings(work);
  } catch (cause) {
    // Web Crypto rejects with a DOMException or a TypeError for what it does not have.
    if (!(cause instanceof DOMException || cause instanceof TypeError)) throw cause;
  }
}
