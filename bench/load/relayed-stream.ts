import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { Agent } from '../../src/library/node.ts';
import { metricsToken } from './agents.ts';

const addresses = v.object({ url: v.string(), echo: v.string(), bare: v.number() });
const chunk = 256 * 1024;
const mebibyte = 1024 * 1024;
/** Messages under way at once over the bare WebSocket, as many as a reader of a stream has reads. */
const ahead = 3;

/** The same bytes through the same server, as a stream between two agents and over a bare WebSocket. */
export interface RelayedStream {
  readonly mebibytes: number;
  readonly stream: Carried;
  readonly bare: Carried;
}

/** MiB a second, and the milliseconds of the server's own processor time for each MiB. */
interface Carried {
  readonly perSecond: number;
  readonly serverMs: number;
}

/** Reads a stream between two agents over a server, and the same bytes over a bare WebSocket through it, in turns. */
export async function benchRelayedStream(mebibytes = 64, rounds = 3): Promise<RelayedStream> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-stream-'));
  const program = fileURLToPath(new URL('server.ts', import.meta.url));
  const server = fork(program, [folder, '0', ''], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
  });
  const { url, bare } = v.parse(addresses, await new Promise((resolve) => server.once('message', resolve)));
  const bytes = new Uint8Array(mebibytes * mebibyte).fill(7);
  const film = () => new Blob([bytes]);
  const open = (id: string) => Agent.open({ id, server: url, folder: join(folder, id), methods: { film } });
  const [reader, owner] = [await open('reader_agent_001'), await open('owner_agent_001')];
  const [near, far] = await Promise.all([pairedSocket(bare), pairedSocket(bare)]);
  try {
    const ofStream = async () => {
      let length = 0;
      for await (const piece of reader.stream<Uint8Array>(owner.id, 'film')) length += piece.length;
      if (length !== bytes.length) throw new RangeError(`${length} bytes have come.`);
    };
    const measured = async (work: () => Promise<unknown>): Promise<Carried> => {
      const before = await processorSeconds(url);
      const started = performance.now();
      await work();
      const seconds = (performance.now() - started) / 1_000;
      const spent = (await processorSeconds(url)) - before;
      return { perSecond: mebibytes / seconds, serverMs: (1_000 * spent) / mebibytes };
    };
    const streams: Carried[] = [];
    const bares: Carried[] = [];
    await ofStream();
    for (let round = 0; round < rounds; round++) {
      streams.push(await measured(ofStream));
      bares.push(await measured(() => carry(near, far, mebibytes * (mebibyte / chunk))));
    }
    return { mebibytes, stream: best(streams), bare: best(bares) };
  } finally {
    near.terminate();
    far.terminate();
    await Promise.all([reader.close(), owner.close()]);
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.send('end');
    await ended;
    await rm(folder, { recursive: true });
  }
}

function best(rounds: readonly Carried[]): Carried {
  return {
    perSecond: Math.max(...rounds.map(({ perSecond }) => perSecond)),
    serverMs: Math.min(...rounds.map(({ serverMs }) => serverMs)),
  };
}

function pairedSocket(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', () => resolve(socket));
  });
}

/** Sends `count` chunks from one socket to the other; each that has come is answered by a word that lets the next one go. */
function carry(from: WebSocket, to: WebSocket, count: number): Promise<void> {
  const part = new Uint8Array(chunk).fill(7);
  return new Promise((resolve) => {
    let sent = 0;
    let come = 0;
    const next = () => {
      if (sent++ < count) from.send(part);
    };
    const arrived = () => {
      to.send('next');
      if (++come < count) return;
      to.off('message', arrived);
      from.off('message', next);
      resolve();
    };
    to.on('message', arrived);
    from.on('message', next);
    for (let at = 0; at < ahead; at++) next();
  });
}

async function processorSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}
