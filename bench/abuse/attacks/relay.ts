import { randomBytes } from 'node:crypto';
import { type ClientRequest, request } from 'node:http';
import { connect } from 'node:net';
import { makeRegistrant, type Registrant } from '../../../src/controller/testing/registrant.ts';
import { isAgentId } from '../../../src/protocol/ids.ts';
import { decodeBase64, encodeBase64 } from '../../../src/protocol/wire/base64.ts';
import { signRelayClaim } from '../../../src/relay/claim.ts';
import { decodeFromRelay, encodeFrame } from '../../../src/relay/client/frames.ts';
import { registerRaw } from '../../../src/server/testing/raw-agent.ts';
import { type Attack, attackerAddress, pause, repeat } from '../attack.ts';

const largestBody = 24 * 1024 * 1024;

/** What can be done to a relay by whoever reaches it. */
export const relayAttacks: readonly Attack[] = [
  {
    name: 'uploads to nobody',
    does: 'uploads 11 bodies of 24 MiB to an agent that does not exist, and stops before their end',
    prepare: async (server) => (signal) => uploads(`${server}/agents/nobody_there/agent/message`, 11, signal),
  },
  {
    name: 'uploads to an agent',
    does: 'uploads 16 bodies of 24 MiB to the honest agent, and stops before their end',
    prepare: async (server) => (signal) => uploads(`${server}/agents/honest_helper/agent/message`, 16, signal),
  },
  {
    name: 'begun frames',
    does: 'begins a WebSocket frame of 24 MiB from each of 16 agents, and stops before its end',
    prepare: async (server) => {
      const keys = await makeRegistrant('frame_agent_0', server);
      const agents: Registrant[] = [];
      for (let at = 0; at < 16; at += 1) {
        // A key has a share of names: four agents each.
        const own = at % 4 === 0 && at > 0 ? await makeRegistrant('frame_agent', server) : (agents[at - 1] ?? keys);
        agents.push(await registerRaw(server, `frame_agent_${at}`, own));
      }
      return async (signal) => {
        const ends = agents.map((agent) => beginFrame(server, agent, signal));
        return (await Promise.all(ends)).join(', ');
      };
    },
  },
  {
    name: 'open brackets',
    does: 'sends 23 MiB of “[” to the honest agent, one after the other',
    prepare: async (server) => {
      const body = Buffer.alloc(23 * 1024 * 1024, '[');
      return (signal) =>
        repeat(signal, { perSecond: 2, atOnce: 1 }, async () => {
          const answer = await fetch(`${server}/agents/honest_helper/agent/message`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
            signal,
          });
          await answer.arrayBuffer();
          return String(answer.status);
        });
    },
  },
];

/** Begins `count` uploads, sends all but the last kilobyte of each, and holds them. */
async function uploads(url: string, count: number, signal: AbortSignal): Promise<string> {
  const piece = Buffer.alloc(1024 * 1024, 'a');
  const one = async (): Promise<string> => {
    let outcome = 'held';
    const sent: ClientRequest = request(url, {
      method: 'POST',
      agent: false,
      headers: { ...attackerAddress, 'content-type': 'application/json', 'content-length': largestBody },
    });
    const over = new Promise<void>((resolve) => {
      sent.on('response', (answer) => {
        outcome = String(answer.statusCode);
        answer.resume();
        resolve();
      });
      sent.on('error', (error) => {
        if (outcome === 'held') outcome = error.message;
        resolve();
      });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (let written = 0; written < 23; written += 1) {
      if (!sent.writable || !sent.write(piece)) await Promise.race([drained(sent), over]);
      if (outcome !== 'held') break;
    }
    await over;
    sent.destroy();
    return outcome;
  };
  const outcomes: string[] = [];
  while (!signal.aborted) {
    outcomes.push(...(await Promise.all(Array.from({ length: count }, one))));
    await pause(500, signal);
  }
  return summary(outcomes);
}

const drained = (sent: ClientRequest) => new Promise<void>((resolve) => sent.once('drain', resolve));

/** Proves to be an agent over a bare socket, then begins a frame of 24 MiB that it does not end. */
async function beginFrame(server: string, registrant: Registrant, signal: AbortSignal): Promise<string> {
  const { hostname, port, host } = new URL(server);
  const socket = connect(Number(port), hostname);
  let outcome = 'held';
  const over = new Promise<void>((resolve) => {
    socket.on('close', () => {
      if (!signal.aborted) outcome = 'cut';
      resolve();
    });
    socket.on('error', () => resolve());
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
  socket.write(
    `GET /relay/connect HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Forwarded-For: ${attackerAddress['x-forwarded-for']}\r\n` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  const challenge = await firstMessage(socket);
  const { header } = decodeFromRelay(challenge.buffer);
  if (header.type !== 'challenge' || !isAgentId(registrant.agentId)) throw new TypeError(header.type);
  const { connection, nonce } = header;
  const claim = { agentId: registrant.agentId, relay: server, connection, nonce: decodeBase64(nonce) };
  const signature = encodeBase64(await signRelayClaim(crypto.subtle, registrant.signing.privateKey, claim));
  socket.write(masked(encodeFrame({ type: 'prove', agent_id: registrant.agentId, signature })));
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  socket.write(frameHead(largestBody));
  const piece = Buffer.alloc(1024 * 1024);
  for (let written = 0; written < 23 && !socket.destroyed; written += 1) {
    if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), over]);
  }
  await over;
  return outcome;
}

/** The payload of the first frame after the answer to the upgrade: it is not masked (RFC 6455, section 5.1). */
function firstMessage(socket: ReturnType<typeof connect>): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    socket.on('data', function look(chunk: Buffer) {
      bytes = Buffer.concat([bytes, chunk]);
      const head = bytes.indexOf('\r\n\r\n');
      if (head === -1) return;
      const frame = bytes.subarray(head + 4);
      const short = (frame[1] ?? 0) & 0x7f;
      const from = short === 126 ? 4 : 2;
      if (frame.length < from) return;
      const length = short === 126 ? frame.readUInt16BE(2) : short;
      if (frame.length < from + length) return;
      socket.off('data', look);
      resolve(new Uint8Array(frame.subarray(from, from + length)));
    });
  });
}

/** The head of a binary frame of `length` bytes, masked by zeros. */
function frameHead(length: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x82;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function masked(payload: Uint8Array): Buffer {
  return Buffer.concat([frameHead(payload.length), payload]);
}

function summary(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join(', ');
}
