import * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { HistoryExchange } from '../history/exchange-record.ts';
import { type LineVersion, readExchangeLine, versionOf, writeExchangeLine } from './exchange-line.ts';
import { notHistory, readLine, writeLine } from './json-line.ts';
import * as member from './members.ts';

const formats = { 1: 'parley-history/1', 2: 'parley-history/2', 3: 'parley-history/3' } as const;

/** What a file may have: bytes, decrypted, and peers. Each exchange takes some hundred bytes. */
export const historyFileLimits = { bytes: 256 * 1_024 * 1_024, peers: 10_000 } as const;

/** The first line. */
const headerLine = v.strictObject({
  format: v.picklist([formats[1], formats[2], formats[3]]),
  agent_id: member.agentId,
  exported_at: member.instant,
  peers: v.pipe(
    v.array(v.strictObject({ peer_id: member.peerId, exchanges: member.count })),
    v.maxLength(historyFileLimits.peers),
    v.check((peers) => new Set(peers.map(({ peer_id }) => peer_id)).size === peers.length),
  ),
});

/** Whose history a file holds, and how much of it. `exportedAt` is milliseconds since 1970. */
export interface HistoryFileHeader {
  readonly agentId: string;
  readonly exportedAt: number;
  readonly peers: readonly { readonly peerId: string; readonly exchanges: number }[];
}

/** Makes a `parley-history/1` file, `parley-history/2` where groups are in it, or `parley-history/3` where bytes are: a header, then the exchanges, peer by peer, the oldest first; a line of JSON each. */
export class HistoryFileWriter {
  readonly #lines: Bytes[] = [];
  readonly #peers = new Map<string, number>();
  #bytes = 0;
  #version: LineVersion = 1;

  /**
   * Adds an exchange. Throws `invalid_input` when it cannot be written, or the file becomes too large to be imported.
   */
  add(exchange: HistoryExchange): void {
    const line = writeExchangeLine(exchange);
    this.#bytes += line.length;
    if (this.#bytes > historyFileLimits.bytes - headerRoom) {
      throw new ParleyError(
        'invalid_input',
        `This history is larger than the ${historyFileLimits.bytes >> 20} MiB that a file may have. Nothing was written. Export one peer at a time, or delete some of a conversation.`,
      );
    }
    this.#lines.push(line);
    this.#version = newer(this.#version, versionOf(exchange));
    this.#peers.set(exchange.peerId, (this.#peers.get(exchange.peerId) ?? 0) + 1);
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** Returns the whole file. */
  finish(agentId: string, exportedAt: number): Blob {
    const peers = Array.from(this.#peers, ([peer_id, exchanges]) => ({ peer_id, exchanges }));
    return new Blob([
      writeLine({ format: formats[this.#version], agent_id: agentId, exported_at: exportedAt, peers }),
      ...this.#lines,
    ]);
  }
}

/** Bytes that the longest header takes at most. */
const headerRoom = 2 * 1_024 * 1_024;

/**
 * Reads such a file: the header at once, the exchanges as they are asked for. Every line is checked; what is not
 * as the header says throws `invalid_input`, at the last line at the latest.
 */
export function readHistoryFile(file: Uint8Array): {
  readonly header: HistoryFileHeader;
  readonly exchanges: Iterable<HistoryExchange>;
} {
  if (file.length > historyFileLimits.bytes) {
    throw notHistory(`it has more than ${historyFileLimits.bytes >> 20} MiB`);
  }
  const lines = linesOf(file);
  const first = lines.next();
  if (first.done === true) throw notHistory('it is empty');
  const { format, agent_id, exported_at, peers } = readLine(headerLine, first.value, 1);
  const header = {
    agentId: agent_id,
    exportedAt: exported_at,
    peers: peers.map(({ peer_id, exchanges }) => ({ peerId: peer_id, exchanges })),
  };
  return { header, exchanges: readExchanges(header, lines, versionIn(format)) };
}

function newer(one: LineVersion, other: LineVersion): LineVersion {
  return one > other ? one : other;
}

function versionIn(format: (typeof formats)[LineVersion]): LineVersion {
  if (format === formats[1]) return 1;
  return format === formats[2] ? 2 : 3;
}

/**
 * Yields the exchanges in the order of the header's peers, each peer's by ascending sequence and as many as the
 * header says.
 */
function* readExchanges(
  { peers }: HistoryFileHeader,
  lines: Iterator<Uint8Array>,
  version: LineVersion,
): Generator<HistoryExchange> {
  let number = 1;
  for (const { peerId, exchanges } of peers) {
    let last = 0;
    for (let i = 0; i < exchanges; i++) {
      const line = lines.next();
      number++;
      if (line.done === true) throw notHistory(`it ends before line ${number}`);
      const exchange = readExchangeLine(line.value, number, version);
      if (exchange.peerId !== peerId || exchange.sequence <= last) throw notHistory(`line ${number} is out of order`);
      last = exchange.sequence;
      yield exchange;
    }
  }
  if (lines.next().done !== true) throw notHistory(`it continues after line ${number}`);
}

const newline = 0x0a;

/** Yields the lines of a file: what is before each newline, and what follows the last one unless it is empty. */
function* linesOf(file: Uint8Array): Generator<Uint8Array, void> {
  let from = 0;
  while (from < file.length) {
    const at = file.indexOf(newline, from);
    const end = at === -1 ? file.length : at;
    yield file.subarray(from, end);
    from = end + 1;
  }
}
