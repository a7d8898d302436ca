import * as v from 'valibot';
import { isKey } from '../../protocol/realm.ts';

/** Returns the schema of a non-extractable key of an algorithm. */
export const secretKey = (algorithm: 'AES-GCM' | 'HMAC' | 'Ed25519' | 'RSA-PSS' | 'RSA-OAEP') =>
  v.pipe(
    v.custom<CryptoKey>(isKey),
    v.check((key) => !key.extractable && key.algorithm.name === algorithm, 'a key is not as it was made'),
  );
