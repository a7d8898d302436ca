import { readPem, writePem } from '../../pki/pem.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { SecretFile } from './secret-file.ts';

/** The private keys of an agent, PKCS#8 DER. Whoever gets them overwrites them. */
export interface PrivateKeys {
  readonly signing: Bytes;
  readonly encryption: Bytes;
}

/** The file that holds an agent's private keys: PEM of mode 0600, or the same text in the age format under a passphrase. */
export class KeyFile {
  readonly #file: SecretFile;

  constructor(folder: string, passphrase: string | undefined) {
    this.#file = new SecretFile(folder, 'keys', passphrase);
  }

  /** Writes the keys, in one step. */
  write({ signing, encryption }: PrivateKeys): Promise<void> {
    return this.#file.write(writePem('PRIVATE KEY', signing) + writePem('PRIVATE KEY', encryption));
  }

  /** Reads the keys. Throws `storage_failed` when they are not there, or the passphrase is not theirs. */
  async read(): Promise<PrivateKeys> {
    const text = await this.#file.read();
    const second = text.indexOf('-----BEGIN', 1);
    const [signing, encryption] = [readPem(text, 'PRIVATE KEY'), readPem(text.slice(second), 'PRIVATE KEY')];
    if (signing === undefined || encryption === undefined || second < 0) throw this.#file.damaged();
    return { signing, encryption };
  }

  erase(): Promise<void> {
    return this.#file.erase();
  }
}
