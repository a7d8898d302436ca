import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { FileView } from '../agent/contracts/file-views.ts';
import { ParleyError } from '../protocol/errors.ts';
import { faultOf, faultSentence, UnusableFile } from '../storage/file/file-fault.ts';
import { exitCodes } from './exit-codes.ts';
import { progressWords } from './file-words.ts';
import type { Interruption } from './interruption.ts';
import type { OneShot } from './one-shot.ts';

/** Files that were named. */
interface NamedFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
}

/** Statuses in which a file moves no more. */
const over: ReadonlySet<FileView['status']> = new Set(['whole', 'declined', 'cancelled', 'missing', 'failed']);

/** Returns the files of `--file`, in order. Rejects with `invalid_input` and the path of one that is no file. */
export async function namedFiles(paths: readonly string[]): Promise<readonly NamedFile[]> {
  return Promise.all(paths.map(named));
}

async function named(path: string): Promise<NamedFile> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new UnusableFile('folder', path);
    if (!found.isFile()) throw new UnusableFile('special', path);
    return { path: resolve(path), name: basename(path), size: found.size };
  } catch (cause) {
    const fault = faultOf(cause);
    if (fault === undefined) throw cause;
    throw new ParleyError('invalid_input', faultSentence({ flag: '--file', path }, { kind: fault.kind, path }), {
      cause,
    });
  }
}

/**
 * Offers files to a peer, and waits until each has come whole there or comes no more: a line of JSON for each. One that an earlier command
 * has offered and that is under way goes on. Returns the exit code; when it is stopped or the time is over, the files go on the next time.
 */
export async function sendFiles(
  { agent, events, patience, say }: OneShot,
  {
    peerId,
    files,
    interruption,
  }: { readonly peerId: string; readonly files: readonly NamedFile[]; readonly interruption: Interruption },
): Promise<number> {
  const meter = new Meter();
  const waiting = new Map<string, PromiseWithResolvers<FileView>>();
  const told = (file: FileView) => {
    meter.show(file);
    if (over.has(file.status)) waiting.get(file.id)?.resolve(file);
  };
  const unfollow = events.follow((event) => {
    if (event.type === 'file' && waiting.has(event.file.id)) told(event.file);
  });
  try {
    let code: number = exitCodes.done;
    for (const file of files) waiting.set(await begun(agent, peerId, file), Promise.withResolvers<FileView>());
    for (const view of agent.files.shown()) if (waiting.has(view.id)) told(view);
    const late = patience.rest();
    for (const { promise } of waiting.values()) {
      const view = await interruption.race(inTime(promise, late));
      meter.clear();
      const { id, name, size, hash, status, error } = view;
      say({ status, peer: peerId, file: name, id, size, hash, error });
      if (status !== 'whole') code = exitCodes.answeredWithError;
    }
    return code;
  } finally {
    meter.clear();
    unfollow();
  }
}

/** Returns the id under which a file goes to the peer: that of an earlier offer which is under way, or a new one. */
async function begun({ files }: OneShot['agent'], peerId: string, { path, name, size }: NamedFile): Promise<string> {
  const earlier = files
    .shown()
    .find(
      (view) =>
        view.direction === 'outgoing' &&
        view.peerId === peerId &&
        view.name === name &&
        view.size === size &&
        !over.has(view.status),
    );
  if (earlier !== undefined) return earlier.id;
  const blob = await openAsBlob(path);
  return (await files.offer(peerId, { name, mediaType: 'application/octet-stream', blob, path })).id;
}

/** Waits for `work` for `ms` milliseconds, or as long as it takes. Rejects with `timed_out`. */
async function inTime<T>(work: Promise<T>, ms: number | undefined): Promise<T> {
  if (ms === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const detail = 'The file did not come whole in time. It goes on when this command is run again.';
  const timer = setTimeout(() => reject(new ParleyError('timed_out', detail)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The line on stderr that says how far a file is, where a person reads it. */
class Meter {
  #isShown = false;

  show(file: FileView): void {
    if (!process.stderr.isTTY) return;
    this.#isShown = true;
    process.stderr.write(`\r\u001b[K${progressWords(file)}`);
  }

  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K');
    this.#isShown = false;
  }
}
