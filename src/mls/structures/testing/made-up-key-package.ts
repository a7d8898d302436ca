import { noBytes } from '../../bytes.ts';
import type { KeyPackage } from '../key-package.ts';

/** Returns a KeyPackage that is none but in form. */
export function madeUpKeyPackage(): KeyPackage {
  return {
    cipherSuite: 1,
    initKey: Uint8Array.of(1),
    leafNode: {
      encryptionKey: Uint8Array.of(2),
      signatureKey: Uint8Array.of(3),
      credential: { type: 'basic', identity: noBytes },
      capabilities: { versions: [1], cipherSuites: [1], extensions: [], proposals: [], credentials: [1] },
      source: { type: 'commit', parentHash: noBytes },
      extensions: [],
      signature: noBytes,
    },
    extensions: [],
    signature: noBytes,
  };
}
