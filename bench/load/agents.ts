import { WebSocket } from 'ws';
import type { AgentId } from '../../src/protocol/bytes.ts';
import { isAgentId } from '../../src/protocol/ids.ts';
import { decodeBase64, encodeBase64 } from '../../src/protocol/wire/base64.ts';
import { signRelayClaim } from '../../src/relay/claim.ts';
import { decodeFromRelay, encodeFrame } from '../../src/relay/client/frames.ts';

/** Reads the metrics of the server under load. */
export const metricsToken = 'metrics-token-of-the-bench';

/** The name of the agent with this number. */
export function agentIdOf(number: number): AgentId {
  const agentId = `load_agent_${number}`;
  if (!isAgentId(agentId)) throw new TypeError(agentId);
  return agentId;
}

/**
 * Connects an agent to a relay and proves that it is one; from then on it answers each request with the request's own body,
 * at once and without any cryptography. The generator is to be cheaper than what it measures.
 */
export function connectAgent(relay: string, agentId: AgentId, signingKey: CryptoKey): Promise<WebSocket> {
  const socket = new WebSocket(`${relay.replace(/^http/, 'ws')}/relay/connect`, { perMessageDeflate: false });
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${agentId} lost its connection`)));
    socket.on('message', (data: unknown) => {
      const { header, body } = decodeFromRelay(data);
      if (header.type === 'request') {
        const headers: [string, string][] = [['content-type', 'application/json']];
        socket.send(encodeFrame({ type: 'answer', id: header.id, status: 200, headers }, body));
      } else if (header.type === 'ping') {
        socket.send(encodeFrame({ type: 'pong' }));
      } else if (header.type === 'challenge') {
        const { connection, nonce } = header;
        const claim = { agentId, relay, connection, nonce: decodeBase64(nonce) };
        void signRelayClaim(crypto.subtle, signingKey, claim).then((signature) =>
          socket.send(encodeFrame({ type: 'prove', agent_id: agentId, signature: encodeBase64(signature) })),
        );
      } else if (header.type === 'welcome') {
        resolve(socket);
      }
    });
  });
}
