import { isNamed } from '../realm.ts';
import { isNodes } from './node-calls.ts';

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

/**
 * Gives the same SubtleCrypto with a `generateKey` that tries again as `generated` does. Node's own never fails so, and comes back as it is:
 * `node-calls` knows it by its identity.
 */
export function withRepeatedGeneration<S extends object>(subtle: S): S {
  if (isNodes(subtle)) return subtle;
  // Every message makes six calls: each method is bound once.
  const bound = new Map<string | symbol, unknown>();
  return new Proxy(subtle, {
    get(target, name) {
      const known = bound.get(name);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const call: unknown = member.bind(target);
      const made =
        name === 'generateKey'
          ? (...args: unknown[]) => generated(async () => Reflect.apply(member, target, args))
          : call;
      bound.set(name, made);
      return made;
    },
  });
}
