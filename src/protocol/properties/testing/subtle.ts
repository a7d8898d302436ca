import type { Subtle } from '../../crypto/subtle.ts';

/** The platform's cryptography; the name of every algorithm that is used is added to `used`. */
export function watching(subtle: Subtle, used: string[]): Subtle {
  const named = ['sign', 'verify', 'encrypt', 'decrypt', 'deriveBits', 'deriveKey', 'generateKey'];
  return new Proxy(subtle, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return (...given: unknown[]) => {
        const [algorithm] = given;
        if (named.includes(String(name)))
          used.push(typeof algorithm === 'string' ? algorithm : JSON.stringify(algorithm));
        return Reflect.apply(call, target, given);
      };
    },
  });
}

/** The platform's cryptography, whose public X25519 shares are `share`. */
export function withShare(subtle: Subtle, share: string): Subtle {
  return new Proxy(subtle, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return (...given: unknown[]) => {
        const [, key] = given;
        if (name === 'exportKey' && key instanceof CryptoKey && key.algorithm.name === 'X25519') {
          return Promise.resolve(Uint8Array.from(atob(share), (c) => c.charCodeAt(0)).buffer);
        }
        return Reflect.apply(call, target, given);
      };
    },
  });
}
