import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ParleyError } from '../../protocol/errors.ts';

/** The files of a backup, in the order in which they are written. `SHA256SUMS` is the last, and names all others. */
export const partNames = [
  'manifest.json',
  'controller.db',
  'ca.pem',
  'operator-token',
  'registration-token',
  'metrics-token',
] as const;
export type PartName = (typeof partNames)[number];

const sumsName = 'SHA256SUMS';
const blockLength = 512;
const pieceLength = 1024 * 1024;
/** Bytes of one part at most: what eleven octal digits can say. */
const longestPart = 8 ** 11 - 1;
const longestSums = 64 * 1024;

/** A file that goes into a backup: its bytes, or where they are. */
export interface Part {
  readonly name: PartName;
  readonly content: Uint8Array | { readonly path: string };
}

/**
 * Writes a tar archive (POSIX ustar) of `parts` to the new file `path` (mode 0600), with a `SHA256SUMS` of all of them that
 * `sha256sum -c` reads. It is on the disk when this resolves.
 */
export async function writeArchive(path: string, parts: readonly Part[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    let sums = '';
    for (const { name, content } of parts) {
      sums += `${await (content instanceof Uint8Array ? addBytes(file, name, content) : addFile(file, name, content.path))}  ${name}\n`;
    }
    await addBytes(file, sumsName, new TextEncoder().encode(sums));
    await file.writeFile(new Uint8Array(2 * blockLength));
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes the files of an archive into `folder`, each for its owner alone, and makes sure that every bit is as `writeArchive` wrote it.
 * Returns the names of the files. Rejects with `storage_failed` for anything else than a whole archive.
 */
export async function extractArchive(path: string, folder: string): Promise<readonly PartName[]> {
  const file = await open(path, 'r');
  try {
    const reader = new Reader(file);
    let sums = '';
    let last = -1;
    const names: PartName[] = [];
    for (;;) {
      const { name, size } = await reader.header();
      if (name === sumsName) break;
      const known = partNames.find((each) => each === name);
      const at = known === undefined ? -1 : partNames.indexOf(known);
      if (known === undefined || at <= last) throw damaged();
      last = at;
      names.push(known);
      sums += `${await reader.into(join(folder, known), size)}  ${known}\n`;
    }
    await reader.sums(sums);
    await reader.end();
    return names;
  } finally {
    await file.close();
  }
}

async function addBytes(file: FileHandle, name: string, content: Uint8Array): Promise<string> {
  await file.writeFile(header(name, content.length));
  await file.writeFile(content);
  await file.writeFile(new Uint8Array(paddingOf(content.length)));
  return createHash('sha256').update(content).digest('hex');
}

async function addFile(file: FileHandle, name: string, path: string): Promise<string> {
  const source = await open(path, 'r');
  try {
    const { size } = await source.stat();
    if (size > longestPart)
      throw new ParleyError('storage_failed', `${name} is larger than a backup can hold (8 GiB).`);
    await file.writeFile(header(name, size));
    const hash = createHash('sha256');
    for await (const piece of piecesOf(source, size)) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.writeFile(new Uint8Array(paddingOf(size)));
    return hash.digest('hex');
  } finally {
    await source.close();
  }
}

/** Yields the next `size` bytes of a file. Throws `storage_failed` when it ends before. */
async function* piecesOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; ) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(Math.min(left, pieceLength)), 0, null, null);
    if (bytesRead === 0) throw damaged();
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Reads an archive from its beginning to its end. */
class Reader {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Reads a header. There is one spelling of each: whatever differs from it is damage. */
  async header(): Promise<{ readonly name: string; readonly size: number }> {
    const block = await this.#take(blockLength);
    const text = new TextDecoder('latin1').decode(block);
    const name = text.slice(0, Math.max(0, text.indexOf('\0')));
    const size = Number.parseInt(text.slice(124, 135), 8);
    if (!(size >= 0) || Buffer.compare(block, header(name, size)) !== 0) throw damaged();
    return { name, size };
  }

  /** Writes a part to a new file, durably. Returns its SHA-256 in hex. */
  async into(path: string, size: number): Promise<string> {
    const target = await open(path, 'wx', 0o600);
    const hash: Hash = createHash('sha256');
    try {
      for await (const piece of piecesOf(this.#file, size)) {
        hash.update(piece);
        await target.writeFile(piece);
      }
      await target.sync();
    } finally {
      await target.close();
    }
    await this.#zeros(paddingOf(size));
    return hash.digest('hex');
  }

  /** Reads the checksums, whose header was read. */
  async sums(wanted: string): Promise<void> {
    const bytes = new TextEncoder().encode(wanted);
    if (bytes.length > longestSums || Buffer.compare(await this.#take(bytes.length), bytes) !== 0) throw damaged();
    await this.#zeros(paddingOf(bytes.length));
  }

  async end(): Promise<void> {
    await this.#zeros(2 * blockLength);
    const { bytesRead } = await this.#file.read(new Uint8Array(1), 0, 1, null);
    if (bytesRead !== 0) throw damaged();
  }

  async #take(length: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(this.#file, length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async #zeros(length: number): Promise<void> {
    if ((await this.#take(length)).some((byte) => byte !== 0)) throw damaged();
  }
}

/** Returns the header of a regular file (POSIX.1-2024, pax, ustar interchange format). */
function header(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(blockLength);
  const put = (at: number, text: string) => block.write(text, at, 'latin1');
  put(0, name.slice(0, 100));
  put(100, '0000600\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, '        ');
  put(156, '0');
  put(257, 'ustar\0');
  put(263, '00');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

function paddingOf(size: number): number {
  return (blockLength - (size % blockLength)) % blockLength;
}

function damaged(): ParleyError {
  return new ParleyError(
    'storage_failed',
    'The file is no whole Parley backup: it is damaged, cut off, or something else. Nothing was changed.',
  );
}
