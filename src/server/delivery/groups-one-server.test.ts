import { join } from 'node:path';
import { describe } from 'vitest';
import { freePort } from '../../storage/nats/testing/free-port.ts';
import { aDayTogether } from '../testing/group-day.ts';
import { ServerProcess } from '../testing/server-process.ts';

describe('four agents at one server, which is killed and started again', () => {
  aDayTogether({
    start: async (folder) => {
      const server = await ServerProcess.start(await freePort(), join(folder, 'server'));
      return {
        relays: [server.url],
        interrupt: async () => {
          await server.kill();
          await server.start();
        },
        end: () => server.kill(),
      };
    },
  });
});
