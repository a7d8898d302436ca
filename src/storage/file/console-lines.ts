import { join } from 'node:path';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { isNamed } from '../../protocol/realm.ts';
import { hasCode } from './error-code.ts';
import { HistoryKeyFile } from './history-key-file.ts';
import { writePrivateFile } from './private-file.ts';
import { readFileUpTo } from './read-file.ts';

/** The file of the lines that were typed into an agent's console, in the agent's folder. */
export const consoleLinesFile = 'console-lines';

/** Lines that are stored, and bytes of all of them. */
const most = { lines: 500, bytes: 256 * 1024 } as const;
const ivLength = 12;
const additionalData = new TextEncoder().encode('parley console lines');

/**
 * The lines that were typed into an agent's console, the newest first. They hold what was sent, so they are encrypted as the history
 * is: AES-256-GCM under its key, a fresh IV for each writing.
 */
export class ConsoleLines {
  readonly #path: string;
  readonly #key: CryptoKey;

  private constructor(path: string, key: CryptoKey) {
    this.#path = path;
    this.#key = key;
  }

  /** Opens the lines of the agent in this folder; undefined where it has no history yet. Rejects with `storage_failed`. */
  static async open(folder: string, passphrase: string | undefined): Promise<ConsoleLines | undefined> {
    const keys = await new HistoryKeyFile(folder, passphrase).read();
    return keys === undefined ? undefined : new ConsoleLines(join(folder, consoleLinesFile), keys.record);
  }

  /** Returns the stored lines; none when there are none that this agent can read. */
  async read(): Promise<readonly string[]> {
    try {
      const file = await readFileUpTo(this.#path, most.bytes + 1_024);
      const algorithm = { name: 'AES-GCM', iv: file.subarray(0, ivLength), additionalData };
      const text = await crypto.subtle.decrypt(algorithm, this.#key, file.subarray(ivLength));
      return new TextDecoder()
        .decode(text)
        .split('\n')
        .filter((line) => line !== '');
    } catch (cause) {
      // Damaged or of other keys: nothing in it can be read, and the next line replaces it.
      if (hasCode(cause, 'ENOENT') || isNamed(cause, 'OperationError')) return [];
      throw cause;
    }
  }

  /** Replaces the stored lines by the newest of these, in one step. */
  async write(lines: readonly string[]): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(ivLength));
    const algorithm = { name: 'AES-GCM', iv, additionalData };
    const sealed = await crypto.subtle.encrypt(algorithm, this.#key, newestOf(lines));
    await writePrivateFile(this.#path, concat(iv, new Uint8Array(sealed)));
  }
}

function newestOf(lines: readonly string[]): Bytes {
  const encoder = new TextEncoder();
  const kept: Bytes[] = [];
  let length = 0;
  for (const line of lines.slice(0, most.lines)) {
    const bytes = encoder.encode(`${line.replaceAll('\n', ' ')}\n`);
    length += bytes.length;
    if (length > most.bytes) break;
    kept.push(bytes);
  }
  return concat(...kept);
}
