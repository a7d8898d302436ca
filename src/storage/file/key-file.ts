import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { readPem, writePem } from './pem.ts';
import { writePrivateFile } from './private-file.ts';

/** The private keys of an agent, PKCS#8 DER. Whoever gets them overwrites them. */
export interface PrivateKeys {
  readonly signing: Bytes;
  readonly encryption: Bytes;
}

/** The file that holds an agent's private keys: PEM of mode 0600, or the same text in the age format under a passphrase. */
export class KeyFile {
  readonly #plain: string;
  readonly #sealed: string;
  readonly #passphrase: string | undefined;

  constructor(folder: string, passphrase: string | undefined) {
    this.#plain = join(folder, 'keys.pem');
    this.#sealed = join(folder, 'keys.age');
    this.#passphrase = passphrase;
  }

  /** Writes the keys, in one step. */
  async write({ signing, encryption }: PrivateKeys): Promise<void> {
    const text = writePem('PRIVATE KEY', signing) + writePem('PRIVATE KEY', encryption);
    if (this.#passphrase === undefined) return writePrivateFile(this.#plain, text);
    const encrypter = new Encrypter();
    encrypter.setPassphrase(this.#passphrase);
    return writePrivateFile(this.#sealed, await encrypter.encrypt(text));
  }

  /** The keys. Throws `storage_failed` when they are not there, or the passphrase is not theirs. */
  async read(): Promise<PrivateKeys> {
    const text = await this.#text();
    const second = text.indexOf('-----BEGIN', 1);
    const [signing, encryption] = [readPem(text, 'PRIVATE KEY'), readPem(text.slice(second), 'PRIVATE KEY')];
    if (signing === undefined || encryption === undefined || second < 0) throw unusable(`${this.#plain} is damaged`);
    return { signing, encryption };
  }

  async erase(): Promise<void> {
    await rm(this.#plain, { force: true });
    await rm(this.#sealed, { force: true });
  }

  async #text(): Promise<string> {
    const [plain, sealed] = [await mode(this.#plain), await mode(this.#sealed)];
    if (this.#passphrase === undefined) {
      if (sealed !== undefined) throw unusable('The keys are encrypted. Give their passphrase', false);
      if (plain === undefined) throw unusable(`${this.#plain} is not there`);
      if ((plain & 0o077) !== 0) throw unusable(`Others may read the keys. Run: chmod 600 ${this.#plain}`, false);
      return readFile(this.#plain, 'utf8');
    }
    if (plain !== undefined) {
      throw unusable('The keys are not encrypted, but a passphrase was given. Leave it out', false);
    }
    if (sealed === undefined) throw unusable(`${this.#sealed} is not there`);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(this.#passphrase);
    try {
      return await decrypter.decrypt(new Uint8Array(await readFile(this.#sealed)), 'text');
    } catch (cause) {
      throw new ParleyError('storage_failed', 'The passphrase is not that of these keys, or their file is damaged.', {
        cause,
      });
    }
  }
}

async function mode(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mode;
}

function unusable(what: string, isLost = true): ParleyError {
  return new ParleyError('storage_failed', isLost ? `${what}. Restore it, or start with a new agent.` : `${what}.`);
}
