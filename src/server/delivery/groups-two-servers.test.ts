import { join } from 'node:path';
import { describe } from 'vitest';
import { freePort } from '../../storage/nats/testing/free-port.ts';
import { hasNats, startNats } from '../../storage/nats/testing/nats-server.ts';
import { aDayTogether } from '../testing/group-day.ts';
import { ServerProcess } from '../testing/server-process.ts';

describe.runIf(hasNats)('four agents at two servers that share everything over NATS, of which one is killed', () => {
  aDayTogether({
    start: async (folder) => {
      const nats = await startNats();
      const ports = [await freePort(), await freePort()];
      const relays = ports.map((port) => `http://localhost:${port}`);
      const shared = ['--relays', relays.join(), '--nats', nats.url, '--ca', join(folder, 'ca.pem')];
      const servers: ServerProcess[] = [];
      for (const port of ports) {
        servers.push(await ServerProcess.start(port, join(folder, String(port)), {}, [], shared));
      }
      return {
        relays,
        interrupt: async () => servers[0]?.kill(),
        end: async () => {
          for (const server of servers) await server.kill();
          await nats.end();
        },
      };
    },
  });
});
