import type { HistoryKeys } from '../../agent/contracts/history-store.ts';
import { readPem, writePem } from '../../pki/pem.ts';
import { type Bytes, concat, wipe } from '../../protocol/bytes.ts';
import { SecretFile } from './secret-file.ts';

const pemLabel = 'PARLEY HISTORY KEYS';
const keyLength = 32;

/** The file that holds the keys of an agent's history, 3 x 32 bytes: like the file of its private keys, beside it. */
export class HistoryKeyFile {
  readonly #file: SecretFile;
  /** The key of the records, once it was read: under a passphrase the file takes a second to open. */
  #record: Promise<CryptoKey | undefined> | undefined;

  constructor(folder: string, passphrase: string | undefined) {
    this.#file = new SecretFile(folder, 'history', passphrase);
  }

  /** Writes extractable keys, in one step. */
  async write({ record, index, opening }: HistoryKeys): Promise<void> {
    this.#record = undefined;
    const parts = await Promise.all([record, index, opening].map(rawKey));
    const whole = concat(...parts);
    try {
      await this.#file.write(writePem(pemLabel, whole));
    } finally {
      wipe(whole, ...parts);
    }
  }

  /** Reads the keys as non-extractable ones. Throws `storage_failed` when their file cannot be used. */
  async read(): Promise<HistoryKeys | undefined> {
    if (!(await this.#file.isThere())) return undefined;
    const whole = readPem(await this.#file.read(), pemLabel);
    if (whole?.length !== 3 * keyLength) throw this.#file.damaged();
    const part = (number: number) => whole.subarray(number * keyLength, (number + 1) * keyLength);
    try {
      return {
        record: await crypto.subtle.importKey('raw', part(0), 'AES-GCM', false, ['encrypt', 'decrypt']),
        index: await importHmac(part(1)),
        opening: await importHmac(part(2)),
      };
    } finally {
      wipe(whole);
    }
  }

  /** Returns the key of the records, read from the file once. */
  recordKey(): Promise<CryptoKey | undefined> {
    this.#record ??= this.read().then((keys) => keys?.record);
    // What was not there, or did not open, may be there the next time.
    const asked = this.#record;
    const forget = () => {
      if (this.#record === asked) this.#record = undefined;
    };
    asked.then((key) => key ?? forget(), forget);
    return asked;
  }

  erase(): Promise<void> {
    this.#record = undefined;
    return this.#file.erase();
  }
}

async function rawKey(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', key));
}

function importHmac(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}
