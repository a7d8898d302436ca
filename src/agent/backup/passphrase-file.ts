import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { shortestPassphrase } from '../contracts/history-limits.ts';

/**
 * The base-2 logarithm of scrypt's N (age's own default): 256 MiB, and about two seconds in Chromium. A file that asks for more
 * is refused, since it could take all memory before its passphrase is looked at.
 */
const workFactor = 18;

/** An age file under a passphrase has one recipient stanza, which names salt and work factor (age-encryption.org/v1). */
const beginning = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} ([1-9]\d?)\n/;
const beginningBytes = 80;

/** Throws `invalid_input` for a passphrase that is too short to protect a file that others may get. */
export function requirePassphrase(passphrase: string): void {
  if ([...passphrase].length < shortestPassphrase) {
    throw new ParleyError(
      'invalid_input',
      `The passphrase needs at least ${shortestPassphrase} characters. Several random words are better: whoever gets the file can try passphrases without limit.`,
    );
  }
}

/**
 * Encrypts `content` as an age file (age-encryption.org/v1, binary) under a passphrase. Blocks its thread while
 * scrypt works.
 */
export async function encryptUnderPassphrase(
  content: Blob,
  passphrase: string,
  logarithmOfN = workFactor,
): Promise<Bytes> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(logarithmOfN);
  // As one piece: streamed, every line of the file would be a chunk of its own, which takes three times as long.
  return new Uint8Array(await encrypter.encrypt(new Uint8Array(await content.arrayBuffer())));
}

/**
 * Decrypts an age file. Throws `invalid_input` when it is no age file under a passphrase, when the passphrase is not
 * its own, or when it is damaged. Nothing of a file is given before all of it has been checked.
 */
export async function decryptUnderPassphrase(file: Bytes, passphrase: string): Promise<Bytes> {
  const [, logarithmOfN] = beginning.exec(String.fromCharCode(...file.subarray(0, beginningBytes))) ?? [];
  if (logarithmOfN === undefined) {
    throw refused('This file was not made by “Export history”: it is not in the age format under a passphrase');
  }
  if (Number(logarithmOfN) > workFactor) {
    throw refused(
      `This file needs more work than Parley allows (2^${logarithmOfN}, at most 2^${workFactor}). If it is yours, decrypt it with age and encrypt it again with “age -p”`,
    );
  }
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  // The stream is given once passphrase and header fit each other; what fails after that is the content.
  const content = await decrypter.decrypt(new Blob([file]).stream()).catch((cause: unknown) => {
    throw refused('The passphrase is wrong, or the beginning of the file is damaged. Type it again', cause);
  });
  return readAll(content).catch((cause: unknown) => {
    throw refused('The passphrase is right, but the file is damaged or cut short. Use another copy of it', cause);
  });
}

/** Loads the age format when it is first needed. */
async function age() {
  try {
    return await import('age-encryption');
  } catch (cause) {
    throw new ParleyError(
      'part_unavailable',
      'The part of Parley that encrypts and decrypts files could not be loaded. Nothing was changed. Try again when the server can be reached; after an update, close Parley and open it again.',
      { cause },
    );
  }
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function refused(what: string, cause?: unknown): ParleyError {
  return new ParleyError('invalid_input', `${what}. Nothing was imported.`, { cause });
}
