import { knowClone } from './node-calls.ts';

/**
 * Returns another handle of the same key, equally non-extractable. Node caches some 600 bytes of algorithm objects at every CryptoKey
 * that was derived or imported; a clone starts without them, so what is held for the life of a session is cloned first.
 */
export function lightHandle<Key extends CryptoKey>(key: Key): Key {
  const clone = structuredClone(key);
  knowClone(key, clone);
  return clone;
}
