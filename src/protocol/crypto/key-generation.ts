import { isNamed } from '../realm.ts';

/** Generations of one key that are tried at most. */
const mostTries = 4;

/**
 * Gives the key that `make` generates. Tries again, three times at most, when the platform throws `OperationError`: WebKitGTK's
 * `generateKey` does so about once in 200 for X25519 and Ed25519. Rejects with what the platform threw last.
 */
export async function generated<K>(make: () => Promise<K>): Promise<K> {
  for (let tries = 1; ; tries++) {
    try {
      return await make();
    } catch (cause) {
      if (tries === mostTries || !isNamed(cause, 'OperationError')) throw cause;
    }
  }
}

/** Gives the same SubtleCrypto with a `generateKey` that tries again as `generated` does. */
export function withRepeatedGeneration<S extends object>(subtle: S): S {
  return new Proxy(subtle, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const call = (...args: unknown[]) => Reflect.apply(member, target, args);
      return name === 'generateKey' ? (...args: unknown[]) => generated(async () => call(...args)) : call;
    },
  });
}
