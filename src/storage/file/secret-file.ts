import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { ParleyError } from '../../protocol/errors.ts';
import { hasCode } from './error-code.ts';
import { writePrivateFile } from './private-file.ts';

/** A text for its owner alone: a file of mode 0600, or one in the age format under a passphrase. */
export class SecretFile {
  readonly #plain: string;
  readonly #sealed: string;
  readonly #passphrase: string | undefined;

  /** `NAME.pem` or, under a passphrase, `NAME.age`. */
  constructor(folder: string, name: string, passphrase: string | undefined) {
    this.#plain = join(folder, `${name}.pem`);
    this.#sealed = join(folder, `${name}.age`);
    this.#passphrase = passphrase;
  }

  /** Writes the text, in one step. */
  async write(text: string): Promise<void> {
    if (this.#passphrase === undefined) return writePrivateFile(this.#plain, text);
    const encrypter = new Encrypter();
    encrypter.setPassphrase(this.#passphrase);
    return writePrivateFile(this.#sealed, await encrypter.encrypt(text));
  }

  /** True when there is a file, whether or not it can be read. */
  async isThere(): Promise<boolean> {
    return ((await mode(this.#plain)) ?? (await mode(this.#sealed))) !== undefined;
  }

  /** Reads the text. Throws `storage_failed` when it is not there, or the passphrase is not its own. */
  async read(): Promise<string> {
    const [plain, sealed] = [await mode(this.#plain), await mode(this.#sealed)];
    if (this.#passphrase === undefined) {
      if (sealed !== undefined) throw unusable('The keys are encrypted. Give their passphrase', false);
      if (plain === undefined) throw unusable(`${this.#plain} is missing`);
      if ((plain & 0o077) !== 0) throw unusable(`Others may read the keys. Run: chmod 600 ${this.#plain}`, false);
      return readFile(this.#plain, 'utf8');
    }
    if (plain !== undefined) {
      throw unusable('The keys are not encrypted, but a passphrase was given. Leave it out', false);
    }
    if (sealed === undefined) throw unusable(`${this.#sealed} is missing`);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(this.#passphrase);
    try {
      return await decrypter.decrypt(new Uint8Array(await readFile(this.#sealed)), 'text');
    } catch (cause) {
      throw new ParleyError('storage_failed', 'The passphrase is wrong, or the file of the keys is damaged.', {
        cause,
      });
    }
  }

  /** Returns the error `storage_failed` for a text that can be read but is not valid. */
  damaged(): ParleyError {
    return unusable(`${this.#plain} is damaged`);
  }

  async erase(): Promise<void> {
    await rm(this.#plain, { force: true });
    await rm(this.#sealed, { force: true });
  }
}

async function mode(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    // A file that may not be looked at is there: another in its place would lose it.
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function unusable(what: string, isLost = true): ParleyError {
  return new ParleyError('storage_failed', isLost ? `${what}. Restore it, or start with a new agent.` : `${what}.`);
}
