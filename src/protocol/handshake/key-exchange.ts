import { type Bytes, type Nonce, wipe } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import { generateX25519, type X25519Pair } from '../crypto/x25519.ts';
import { ParleyError } from '../errors.ts';
import { isBytes } from '../realm.ts';
import type { StepRecorder } from '../trace/step-recorder.ts';

/** What one side makes afresh for every session, also for one that is resumed. */
export interface KeyExchangeShares {
  readonly nonce: Nonce;
  readonly x25519: X25519Pair;
  /** Ed25519, made for this session; the private half is non-extractable. */
  readonly signing: { readonly publicKey: Bytes; readonly privateKey: CryptoKey };
}

/** What one side makes afresh for a handshake. `sessionKey` is 32 secret bytes; its owner overwrites it. */
export interface FullExchangeShares extends KeyExchangeShares {
  readonly sessionKey: Bytes;
}

function isNonce(bytes: Bytes): bytes is Nonce {
  return bytes.length === 32;
}

/**
 * Makes a fresh nonce, X25519 share and session signing key (protocol page, sections 3 and 5). Throws
 * `internal_error` when the random source gives too few bytes.
 */
export async function generateKeyExchangeShares({ subtle, random }: Environment): Promise<KeyExchangeShares> {
  const nonce = random(32);
  if (!isNonce(nonce)) throw new ParleyError('internal_error', 'The random source gave too few bytes.');
  const [x25519, pair] = await Promise.all([
    generateX25519(subtle),
    subtle.generateKey('Ed25519', false, ['sign', 'verify']),
  ]);
  const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  return { nonce, x25519, signing: { publicKey, privateKey: pair.privateKey } };
}

/** Makes what `generateKeyExchangeShares` makes, and a fresh session key (protocol page, section 3). */
export async function generateFullExchangeShares(environment: Environment): Promise<FullExchangeShares> {
  return { ...(await generateKeyExchangeShares(environment)), sessionKey: environment.random(32) };
}

/** Runs what it is given one after the other, whatever fails, so that each part's time is its own. */
export function oneAfterAnother(): <T>(body: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve();
  return (body) => {
    const run = before.then(body, body);
    before = run;
    return run;
  };
}

/**
 * Waits for every part of a key exchange, then runs the check `key_exchange`, which fails as one: whichever part failed, the answer
 * is the same `key_exchange_failed`, after all parts have run (protocol page, section 3, on oracles). Secrets already made are wiped.
 */
export async function completeKeyExchange<Parts extends readonly unknown[]>(
  steps: StepRecorder,
  ...parts: { readonly [I in keyof Parts]: Promise<Parts[I]> }
): Promise<Parts> {
  const settled = await Promise.allSettled(parts);
  return steps.check('key_exchange', () => {
    if (settled.some((part) => part.status === 'rejected')) {
      for (const part of settled) {
        if (part.status === 'fulfilled' && isBytes(part.value)) wipe(part.value);
      }
      throw new ParleyError('key_exchange_failed', 'The key exchange failed.');
    }
    return Promise.all(parts);
  });
}
