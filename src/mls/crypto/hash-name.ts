import type { CipherSuite } from './cipher-suite.ts';

/** The hash functions of the suites. */
export type HashName = 'SHA-256' | 'SHA-384' | 'SHA-512';

/** A hash and the MAC that is made of it, both at once and without a promise: their inputs are short, and many. */
export type HashAndMac = Pick<CipherSuite, 'hash' | 'mac'>;
