import { test as base, expect } from '../harness.ts';
import { Profiles } from './profiles.ts';
import { Server } from './server.ts';

interface Served {
  /** Flags of the server: `test.use({ flags: ['--registration', 'token'] })`. */
  readonly flags: readonly string[];
  /** A server with data of its own, started before the test and ended after it. */
  readonly server: Server;
  /** Profiles for pages of the server, closed before the server ends. */
  readonly profiles: Profiles;
}

export const test = base.extend<Served>({
  flags: [[], { option: true }],
  server: async ({ flags }, use) => {
    const server = await Server.start(flags);
    await use(server);
    await server.forget();
  },
  // Of the server, so that pages close first: one that outlives it logs what it cannot reach.
  profiles: async ({ browser, server: _ }, use) => {
    const profiles = new Profiles(browser);
    await use(profiles);
    await profiles.close();
  },
});

export { expect };
