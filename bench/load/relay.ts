import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { WebSocket } from 'ws';
import { makeRegistrant, spkiOf } from '../../src/controller/testing/registrant.ts';
import { encodeBase64 } from '../../src/protocol/wire/base64.ts';
import { agentIdOf, connectAgent, metricsToken } from './agents.ts';
import { type Driven, drive } from './drive.ts';

const agents = 5_000;
/** Agents that prove themselves at the same time. */
const connectAtOnce = 50;
const seconds = 8;
const bodyBytes = 1_024;

/** How a relay does under load, and a bare echo through the same HTTP stack in the same process and run. */
export interface RelayLoad {
  readonly agents: number;
  /** Agents that were taken in each second: each proves itself by an RSA signature. */
  readonly connectedPerSecond: number;
  /** What the server's objects and buffers take for each agent that it holds, in bytes. */
  readonly bytesPerAgent: number;
  readonly bodyBytes: number;
  readonly rows: readonly { readonly atOnce: number; readonly relayed: Measured; readonly echo: Measured }[];
}

/** Also microseconds of the server's own processor time for each round trip: what remains when the generator is elsewhere. */
interface Measured extends Driven {
  readonly serverMicroseconds: number;
}

const addresses = v.object({ url: v.string(), echo: v.string() });

/** Holds agents and relays requests to them. The generator is this process: it shares the machine with the server. */
export async function benchRelay(): Promise<RelayLoad> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-load-'));
  const { signing } = await makeRegistrant('load_agent', 'http://localhost');
  const program = fileURLToPath(new URL('server.ts', import.meta.url));
  const server = fork(program, [folder, String(agents), encodeBase64(await spkiOf(signing))], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
  });
  const { url, echo } = v.parse(addresses, await new Promise((resolve) => server.once('message', resolve)));
  const sockets: WebSocket[] = [];
  try {
    const body = Buffer.alloc(bodyBytes, 'a');
    // What the server's code and its first requests take is not the agents'.
    await drive({ next: () => echo, body, atOnce: 64, seconds: 2 });
    const before = await heldBytes(server);
    const started = performance.now();
    let next = 0;
    const connect = async () => {
      while (next < agents) sockets.push(await connectAgent(url, agentIdOf(next++), signing.privateKey));
    };
    await Promise.all(Array.from({ length: connectAtOnce }, connect));
    const connectedPerSecond = agents / ((performance.now() - started) / 1000);
    const bytesPerAgent = ((await heldBytes(server)) - before) / agents;

    const rows: { atOnce: number; relayed: Measured; echo: Measured }[] = [];
    let turn = 0;
    const nextAgent = () => `${url}/agents/${agentIdOf((turn++ * 7919) % agents)}/agent/message`;
    for (const atOnce of [1, 16, 64]) {
      const measured = async (nextAddress: () => string): Promise<Measured> => {
        const from = await processorSeconds(url);
        const driven = await drive({ next: nextAddress, body, atOnce, seconds });
        const spent = (await processorSeconds(url)) - from;
        return { ...driven, serverMicroseconds: (spent * 1e6) / (driven.perSecond * seconds) };
      };
      rows.push({ atOnce, echo: await measured(() => echo), relayed: await measured(nextAgent) });
    }
    return { agents, connectedPerSecond, bytesPerAgent, bodyBytes, rows };
  } finally {
    for (const socket of sockets) socket.removeAllListeners('close').terminate();
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.send('end');
    await ended;
    await rm(folder, { recursive: true });
  }
}

/** What the server's objects and buffers take, in bytes, once what nobody needs has been thrown away. */
async function heldBytes(server: ChildProcess): Promise<number> {
  const answer = new Promise((resolve) => server.once('message', resolve));
  server.send('held');
  return v.parse(v.object({ held: v.number() }), await answer).held;
}

async function processorSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}
