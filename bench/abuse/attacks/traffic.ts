import { encodeBase64 } from '../../../src/protocol/wire/base64.ts';
import { decodeFromRelay } from '../../../src/relay/client/frames.ts';
import { partBytes } from '../../../src/relay/client/parts.ts';
import { RawConnection, registerRaw } from '../../../src/server/testing/raw-agent.ts';
import { type Attack, attackerAddress, repeat, unixNow } from '../attack.ts';

/** Bytes of a large body: base64 of so many of them has its limits. */
const largeBody = 23 * 1024 * 1024;

/** What can be done by much of what is allowed: whole bodies, whole answers, whole headers. */
export const trafficAttacks: readonly Attack[] = [
  {
    name: 'unknown sessions',
    does: 'sends envelopes of 23 MiB for sessions that do not exist to the honest agent, twice a second',
    prepare: async (server) => {
      const body = new TextEncoder().encode(
        JSON.stringify({
          session_id: '0'.repeat(32),
          sender_id: 'nobody_there',
          epoch: 0,
          sequence: 0,
          timestamp: unixNow(),
          encrypted_payload: {
            iv: encodeBase64(new Uint8Array(12)),
            ciphertext: 'A'.repeat(largeBody - 1_024),
            tag: encodeBase64(new Uint8Array(16)),
          },
          signature: encodeBase64(new Uint8Array(64)),
        }),
      );
      return (signal) =>
        repeat(signal, { perSecond: 2, atOnce: 1 }, () =>
          statusOf(`${server}/agents/honest_helper/agent/message`, { method: 'POST', body, signal }),
        );
    },
  },
  {
    name: 'its own answers',
    does: 'asks an agent of its own, which answers each request with 4 MiB, 4 a second',
    prepare: async (server) => {
      const registrant = await registerRaw(server, 'verbose_agent');
      const connection = new RawConnection(server, attackerAddress);
      await connection.prove(registrant, 'verbose_agent', server);
      await connection.frame('welcome');
      const part = new Uint8Array(partBytes);
      connection.socket.on('message', (data: unknown) => {
        const { header } = decodeFromRelay(data);
        if (header.type !== 'request') return;
        const { id } = header;
        // An agent of before, without parts, sends its answer whole.
        connection.send({ type: 'answer', id, status: 200, headers: [] }, new Uint8Array(64 * part.length));
      });
      return (signal) =>
        repeat(signal, { perSecond: 4, atOnce: 4 }, () =>
          statusOf(`${server}/agents/verbose_agent/agent/session/${'0'.repeat(32)}`, { signal }),
        );
    },
  },
  {
    name: 'large headers',
    does: 'sends requests with 14 KiB of headers to the app and the directory, 200 a second',
    prepare: async (server) => {
      const headers = Object.fromEntries(Array.from({ length: 56 }, (_, at) => [`x-bomb-${at}`, 'a'.repeat(240)]));
      return (signal) =>
        repeat(signal, { perSecond: 200, atOnce: 16 }, (turn) =>
          statusOf(turn % 2 === 0 ? `${server}/` : `${server}/controller/agents/honest_helper`, { headers, signal }),
        );
    },
  },
];

async function statusOf(url: string, init: RequestInit): Promise<string> {
  const answer = await fetch(url, init);
  await answer.arrayBuffer();
  return String(answer.status);
}
