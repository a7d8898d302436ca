import type { Bytes } from '../bytes.ts';

/** ML-KEM-768 (FIPS 203) as the handshake needs it. The private half never leaves the closure. */
export interface Kem {
  /** Which implementation this is, for the trace and the benchmarks. */
  readonly implementation: 'platform' | 'noble';
  /** Makes a fresh pair: the 1184-byte encapsulation key, and what opens one ciphertext. */
  generate(): Promise<KemKeyPair>;
  /** A fresh 32-byte secret for the holder of `encapsulationKey`; throws `key_exchange_failed` when it is not a valid key. */
  encapsulate(encapsulationKey: Bytes): Promise<{ readonly secret: Bytes; readonly ciphertext: Bytes }>;
}

export interface KemKeyPair {
  readonly encapsulationKey: Bytes;
  /**
   * Returns the 32-byte secret in a 1088-byte ciphertext. A wrong ciphertext gives another secret, never an error
   * (FIPS 203, 6.3).
   */
  decapsulate(ciphertext: Bytes): Promise<Bytes>;
}
