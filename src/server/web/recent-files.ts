import type { Context, MiddlewareHandler } from 'hono';
import type { Bytes } from '../../protocol/bytes.ts';

/** Milliseconds for which a file counts as what it was: one that is replaced is sent as it is now after them. */
const freshMs = 1_000;
/** Bytes that a file may have to be kept in memory, and those of all that are kept. */
const mostOfOne = 512 * 1024;
const mostOfAll = 16 * 1024 * 1024;

interface Kept {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes;
  readonly at: number;
}

/** Keeps the files that were sent a moment ago in memory: whoever asks for one again and again costs no reading of disks. */
export class RecentFiles {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Returns `send` with this memory before it; `path` is the file that it sends, the path that is asked for when undefined. */
  before(send: MiddlewareHandler, path?: string): MiddlewareHandler {
    return async (c, next) => {
      if (c.req.method !== 'GET' || c.req.header('range') !== undefined) return send(c, next);
      const name = `${encodingsOf(c)} ${path ?? c.req.path}`;
      const kept = this.#kept.get(name);
      if (kept !== undefined && this.#now() - kept.at < freshMs) return answerOf(kept);
      const answer = await send(c, next);
      // What is no file went on, and comes back as no answer of its own.
      if (!(answer instanceof Response)) return answer;
      const length = Number(answer.headers.get('content-length') ?? Number.POSITIVE_INFINITY);
      if (!answer.ok || length > mostOfOne) return answer;
      const read = {
        headers: [...answer.headers],
        body: new Uint8Array(await answer.arrayBuffer()),
        at: this.#now(),
      };
      this.#keep(name, read);
      return answerOf(read);
    };
  }

  #keep(name: string, kept: Kept): void {
    this.#forget(name);
    this.#kept.set(name, kept);
    this.#bytes += kept.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= mostOfAll) return;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#kept.get(name)?.body.length ?? 0;
    this.#kept.delete(name);
  }
}

function answerOf({ headers, body }: Kept): Response {
  return new Response(body, { headers: headers.map(([name, value]): [string, string] => [name, value]) });
}

/** Returns the request header that selects which form of a file is sent. */
function encodingsOf(c: Context): string {
  const accepted = c.req.header('accept-encoding')?.split(',') ?? [];
  const names = new Set(accepted.map((name) => name.trim()));
  return ['br', 'zstd', 'gzip'].filter((name) => names.has(name)).join('+');
}
