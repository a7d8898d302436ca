import * as v from 'valibot';
import { isKey } from '../../protocol/realm.ts';

/** A key of an algorithm that no script can take out. */
export const secretKey = (algorithm: 'AES-GCM' | 'HMAC' | 'Ed25519' | 'RSA-PSS' | 'RSA-OAEP') =>
  v.pipe(
    v.custom<CryptoKey>(isKey),
    v.check((key) => !key.extractable && key.algorithm.name === algorithm, 'a key is not as it was made'),
  );
