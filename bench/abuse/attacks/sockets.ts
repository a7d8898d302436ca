import { connect, type Socket } from 'node:net';
import { RawConnection, registerRaw } from '../../../src/server/testing/raw-agent.ts';
import { type Attack, attackerAddress, pause, repeat } from '../attack.ts';

/** What can be done with connections that behave badly. */
export const socketAttacks: readonly Attack[] = [
  {
    name: 'begun requests',
    does: 'opens 1,000 connections that send half of a request’s headers, and opens each again that is ended',
    prepare: async (server) => (signal) =>
      held(server, 1_000, signal, (socket) => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')),
  },
  {
    name: 'slow readers',
    does: 'asks for the largest files of the app and the directory on 200 connections, 20 times on each, and reads nothing',
    prepare: async (server) => {
      const page = await (await fetch(`${server}/`)).text();
      const [script = '/'] = /\/assets\/index-[^"]+\.js/.exec(page) ?? [];
      const ask = (path: string) =>
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${attackerAddress['x-forwarded-for']}\r\n\r\n`;
      return (signal) =>
        held(server, 200, signal, (socket) => {
          socket.pause();
          socket.write((ask(script) + ask('/controller/agents?limit=500')).repeat(10));
        });
    },
  },
  {
    name: 'endless chunks',
    does: 'sends 16 bodies in chunks of one byte to the honest agent and to the Controller, without end',
    prepare: async (server) => {
      const head = (path: string) =>
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${attackerAddress['x-forwarded-for']}\r\nTransfer-Encoding: chunked\r\n\r\n`;
      const paths = ['/agents/honest_helper/agent/message', '/controller/register'];
      const crumbs = '1\r\n{\r\n'.repeat(64);
      return (signal) =>
        held(server, 16, signal, (socket, at) => {
          socket.write(head(paths[at % paths.length] ?? ''));
          const crumble = () => {
            while (!socket.destroyed && socket.write(crumbs)) if (socket.writableLength > 4_096) break;
          };
          const again = setInterval(crumble, 5);
          socket.on('close', () => clearInterval(again));
        });
    },
  },
  {
    name: 'tiny fragments',
    does: 'sends WebSocket frames in fragments of one byte from an agent of its own, 20,000 a second',
    prepare: async (server) => {
      const registrant = await registerRaw(server, 'crumbling_agent');
      return async (signal) => {
        let connection: RawConnection | undefined;
        const perTurn = 200;
        const said = await repeat(signal, { perSecond: 20_000 / perTurn, atOnce: 1 }, async () => {
          if (connection === undefined || connection.socket.readyState !== connection.socket.OPEN) {
            connection = new RawConnection(server, attackerAddress);
            await connection.prove(registrant, 'crumbling_agent', server);
            await connection.frame('welcome');
            return 'connected';
          }
          for (let at = 0; at < perTurn; at += 1) connection.socket.send('a', { fin: false });
          return `${perTurn} sent`;
        });
        connection?.socket.terminate();
        return said;
      };
    },
  },
];

/** Holds `count` connections on which `begin` was called, each opened again when it is ended, until `signal` is aborted. */
async function held(
  server: string,
  count: number,
  signal: AbortSignal,
  begin: (socket: Socket, at: number) => void,
): Promise<string> {
  const { port } = new URL(server);
  let ended = 0;
  const hold = async (at: number) => {
    while (!signal.aborted) {
      const socket = connect(Number(port), 'localhost');
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.on('error', () => undefined);
      // What has come must be read for the end to be seen, unless it is the attack that it is not.
      socket.resume();
      begin(socket, at);
      const end = () => socket.destroy();
      signal.addEventListener('abort', end, { once: true });
      await closed;
      signal.removeEventListener('abort', end);
      if (!signal.aborted) ended += 1;
      await pause(200, signal);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, at) => hold(at)));
  return `${count} × held, ${ended} × ended by the server`;
}
