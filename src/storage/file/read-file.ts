import { constants, type FileHandle, open } from 'node:fs/promises';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { faultOf, faultSentence, type Named, UnusableFile } from './file-fault.ts';

/** What a shell hands over as a file: `/dev/stdin`, or `/dev/fd/63` for `<(command)`. */
const handedOver = /^\/(dev\/(stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;
const pieceLength = 64 * 1024;

/**
 * Returns the bytes of a file, `most` at most. Never waits for a pipe that nobody writes to, and never reads a device to its end, which
 * it has not. Rejects with what the system says, and with `UnusableFile` for a folder, a device, a pipe and a larger file.
 */
export async function readFileUpTo(path: string, most: number): Promise<Bytes> {
  const isHandedOver = handedOver.test(path);
  const file = await open(path, isHandedOver ? constants.O_RDONLY : constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw new UnusableFile('folder', path);
    if (!found.isFile() && !isHandedOver) throw new UnusableFile('special', path);
    if (found.size > most) throw new UnusableFile('large', path);
    return await readAll(file, path, most);
  } finally {
    await file.close();
  }
}

/**
 * Returns the bytes of a file that somebody named, `most` at most. Rejects with `invalid_input` and a sentence with the flag, the path
 * and what to do, also for an empty file.
 */
export async function readNamedFile(named: Named, most: number): Promise<Bytes> {
  try {
    const bytes = await readFileUpTo(named.path, most);
    if (bytes.length === 0) throw new UnusableFile('empty', named.path);
    return bytes;
  } catch (cause) {
    const fault = faultOf(cause);
    if (fault === undefined) throw cause;
    // SQLite and the system name what was opened; whoever typed it knows it by what they typed.
    const detail = faultSentence(named, { kind: fault.kind, path: named.path });
    throw new ParleyError('invalid_input', detail, { cause });
  }
}

async function readAll(file: FileHandle, path: string, most: number): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(pieceLength), 0, pieceLength, null);
    if (bytesRead === 0) break;
    pieces.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
    if (length > most) throw new UnusableFile('large', path);
  }
  return concat(...pieces);
}
