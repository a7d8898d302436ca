import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** Forwards each message of the first of two WebSockets to the second, and back: what a relay cannot do without. */
export function openBareForwarder(): Promise<{ readonly port: number; close(): void }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  const waiting: WebSocket[] = [];
  server.on('connection', (socket) => {
    const other = waiting.pop();
    if (other === undefined) {
      waiting.push(socket);
      return;
    }
    socket.on('message', (data, binary) => other.send(bytesOf(data), { binary }));
    other.on('message', (data, binary) => socket.send(bytesOf(data), { binary }));
    for (const end of [socket, other]) end.send('paired');
  });
  return new Promise((resolve) => {
    server.once('listening', () => {
      const address: AddressInfo | string | null = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close: () => server.close() });
    });
  });
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer | ArrayBuffer {
  return Array.isArray(data) ? Buffer.concat(data) : data;
}
