import { join } from 'node:path';
import { loadOrCreateAuthority } from '../../src/controller/authority.ts';
import { listen } from '../../src/http/server/listen.ts';
import { decodeBase64 } from '../../src/protocol/wire/base64.ts';
import { standardRelayLimits } from '../../src/relay/server/limits.ts';
import { readServerOptions } from '../../src/server/options/options.ts';
import { startServer } from '../../src/server/server.ts';
import { openAuthorityFile } from '../../src/storage/file/authority-file.ts';
import { openSqliteControllerStore } from '../../src/storage/sqlite/controller-store.ts';
import { agentIdOf, metricsToken } from './agents.ts';
import { openBareForwarder } from './wire.ts';

/**
 * The server under load, a process of its own: `node server.ts FOLDER AGENTS SPKI`. Its agents are put into its database
 * before it starts, all with the one key of SPKI (base64).
 */
const [folder = '', count = '0', spki = ''] = process.argv.slice(2);
const signingSpki = decodeBase64(spki);
const store = await openSqliteControllerStore(join(folder, 'controller.db'), openAuthorityFile(join(folder, 'ca.pem')));
const empty = new Uint8Array(0);
for (let at = 0; at < Number(count); at += 1) {
  const agentId = agentIdOf(at);
  const certificates = { signing: empty, encryption: empty };
  await store.updateAgent(agentId, () => ({
    agentId,
    address: 'http://localhost',
    signingSpki,
    certificates,
    issued: [],
  }));
}
await loadOrCreateAuthority(store, Math.floor(Date.now() / 1_000), (length) =>
  crypto.getRandomValues(new Uint8Array(length)),
);
store.close();

const options = readServerOptions(
  { port: '0', data: folder, 'rate-limit': '1000000' },
  { PARLEY_METRICS_TOKEN: metricsToken },
);
const server = await startServer(options, () => undefined, { ...standardRelayLimits, unproven: 5_000 });
// The same HTTP stack in the same process, and nothing behind it.
const echo = await listen({ host: 'localhost', port: 0, tls: undefined }, async (request) => {
  return new Response(await request.arrayBuffer(), { headers: { 'content-type': 'application/json' } });
});
const bare = await openBareForwarder();
process.on('message', (message) => {
  if (message === 'held') {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.({ held: heapUsed + external });
    return;
  }
  bare.close();
  echo.server.close();
  echo.server.closeAllConnections();
  void server.close().then(() => process.exit(0));
});
process.send?.({ url: server.url, echo: `http://localhost:${echo.port}`, bare: bare.port });
