import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import { isError } from '../../protocol/realm.ts';
import { faultOf } from './file-fault.ts';
import { readNamedFile } from './read-file.ts';

/** Milliseconds between looks at the files. */
const lookMs = 60_000;
/** Milliseconds before its end from which a certificate is warned of, once a day. */
const warnMs = 14 * 86_400_000;
const dayMs = 86_400_000;
/** Bytes of a file with certificates, or with a key. */
const largestFile = 1024 * 1024;

/** PEM files of a TLS server. */
export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
}

/** What became of a server's TLS certificate. */
export type TlsNews =
  /** New files are in use. */
  | { readonly kind: 'tls_reloaded'; readonly ends: Date }
  /** New files cannot be used: the former certificate stays. */
  | { readonly kind: 'tls_unusable' }
  | { readonly kind: 'tls_ends'; readonly ends: Date };

/**
 * Takes new certificate files into use while a server runs, as they are put in place of the old ones: connections that are open go
 * on. Files that do not fit each other, or are half written, change nothing and are looked at again. Ends with the server.
 */
export class TlsWatch {
  readonly #server: Server;
  readonly #paths: TlsPaths;
  readonly #tell: (news: TlsNews) => void;
  /** What tells the files in use from others, and those that were told of as unusable. */
  #seen: string;
  #unusable: string | undefined;
  #ends: Date;
  #warnedAt = 0;

  constructor(server: Server, paths: TlsPaths, loaded: LoadedTls, tell: (news: TlsNews) => void) {
    this.#server = server;
    this.#paths = paths;
    this.#tell = tell;
    this.#seen = loaded.mark;
    this.#ends = new X509Certificate(loaded.cert).validToDate;
    const timer = setInterval(() => void this.look(), lookMs);
    timer.unref();
    server.once('close', () => clearInterval(timer));
    this.#warn();
  }

  /** Looks at the files now. Never rejects. */
  async look(): Promise<void> {
    let found = '';
    try {
      found = await markOf(this.#paths);
      if (found === this.#seen) this.#unusable = undefined;
      else await this.#reload();
    } catch (error) {
      // Whatever is wrong with the files is told alike, and once: the one that is in use goes on.
      if (!isError(error)) throw error;
      if (found !== this.#unusable) this.#tell({ kind: 'tls_unusable' });
      this.#unusable = found;
    }
    this.#warn();
  }

  async #reload(): Promise<void> {
    const { cert, key, mark } = await loadTls(this.#paths);
    // Throws when the key is another certificate's.
    createSecureContext({ cert, key });
    this.#server.setSecureContext({ cert, key });
    this.#seen = mark;
    this.#unusable = undefined;
    this.#ends = new X509Certificate(cert).validToDate;
    this.#warnedAt = 0;
    this.#tell({ kind: 'tls_reloaded', ends: this.#ends });
  }

  #warn(): void {
    const now = Date.now();
    if (this.#ends.getTime() - now > warnMs || now - this.#warnedAt < dayMs) return;
    this.#warnedAt = now;
    this.#tell({ kind: 'tls_ends', ends: this.#ends });
  }
}

/** Certificate and key as they were read, and what tells these files from others. */
export interface LoadedTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly mark: string;
}

/** Reads a certificate and its key. Rejects with `invalid_input` and a sentence about the one that cannot be used. */
export async function loadTls(paths: TlsPaths): Promise<LoadedTls> {
  // First, so that files which change meanwhile are read again.
  const mark = await markOf(paths);
  const cert = Buffer.from(await readNamedFile({ flag: '--tls-cert', path: paths.cert }, largestFile));
  const key = Buffer.from(await readNamedFile({ flag: '--tls-key', path: paths.key }, largestFile));
  return { cert, key, mark };
}

async function markOf({ cert, key }: TlsPaths): Promise<string> {
  const marks = await Promise.all([cert, key].map((path) => stat(path).catch(withoutFile)));
  return marks.map((found) => (found === undefined ? '-' : `${found.mtimeMs} ${found.size} ${found.ino}`)).join(', ');
}

/**
 * Returns undefined for a file that cannot be read, since it has no mark and reading it says why; throws any other
 * error.
 */
function withoutFile(error: unknown): undefined {
  if (faultOf(error) === undefined) throw error;
}
