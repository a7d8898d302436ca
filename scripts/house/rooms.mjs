/**
 * Who may import whom, as the architecture page has it. A room is a folder under `src`; a file belongs to the innermost
 * one and may import its own. `imports` and `types` (doors for `import type` alone) name a room without the rooms inside
 * it, a room with them (`protocol/**`), or one file.
 *
 * @type {Record<string, { imports: readonly string[], types?: readonly string[] }>}
 */
export const rooms = {
  protocol: { imports: [], types: ['protocol/crypto'] },
  'protocol/wire': { imports: ['protocol'] },
  'protocol/crypto': { imports: ['protocol', 'protocol/wire'] },
  'protocol/handshake': { imports: ['protocol', 'protocol/wire', 'protocol/crypto'] },
  'protocol/session': { imports: ['protocol', 'protocol/wire', 'protocol/crypto', 'protocol/handshake'] },
  pki: { imports: ['protocol'], types: ['protocol/handshake/identity.ts'] },
  http: { imports: ['protocol'] },
  controller: { imports: ['http', 'pki', 'protocol/**'] },
  agent: { imports: ['http', 'pki', 'protocol/**'] },
  storage: {
    imports: ['storage/audit-entry', 'protocol', 'controller/certificate-hash.ts', 'controller/revoked-serials.ts'],
    types: ['agent', 'controller', 'protocol/**'],
  },
  'storage/audit-entry': { imports: ['protocol', 'protocol/wire'], types: ['agent'] },
  'storage/json': { imports: ['protocol', 'protocol/wire'], types: ['agent', 'controller'] },
  'storage/file': {
    imports: ['storage', 'storage/audit-entry', 'storage/json', 'protocol', 'pki'],
    types: ['agent', 'controller', 'protocol/**'],
  },
  'storage/sqlite': {
    imports: [
      'storage',
      'storage/json',
      'storage/file/private-database.ts',
      'protocol',
      'controller/revoked-serials.ts',
    ],
    types: ['agent', 'controller', 'protocol/**'],
  },
  'storage/nats': {
    imports: [
      'storage',
      'storage/json',
      'storage/file/file-fault.ts',
      'storage/file/read-file.ts',
      'protocol',
      'controller/revoked-serials.ts',
    ],
    types: ['agent', 'controller', 'protocol/**'],
  },
  network: { imports: ['protocol'], types: ['agent'] },
  'network/relay': { imports: ['network', 'protocol', 'protocol/wire'], types: ['agent'] },
  console: { imports: ['agent', 'protocol', 'protocol/wire'] },
  engine: { imports: ['agent', 'storage', 'network/**', 'protocol/**'] },
  'engine/inspector': { imports: ['engine', 'agent/platform.ts', 'pki', 'protocol/**'] },
  // The lab is a small world of its own: it brings a Controller, stores in memory and the certificates an attacker forges.
  lab: {
    imports: [
      'agent',
      'network',
      'protocol/**',
      'pki',
      'controller',
      'storage/memory/agent-store.ts',
      'storage/memory/controller-store.ts',
    ],
    types: ['lab/host/api.ts'],
  },
  'lab/host': {
    imports: ['lab', 'agent', 'protocol', 'engine/error-transfer.ts', 'engine/worker-start.ts'],
    types: ['protocol/**'],
  },
  ui: {
    imports: [
      'engine/client.ts',
      'engine/inspector/client.ts',
      'agent/kept-limits.ts',
      'agent/search/words.ts',
      'console',
      'http/pages.ts',
      'lab/host/client.ts',
      'mocks/start.ts',
      'protocol',
      'protocol/wire/cut.ts',
      'protocol/wire/json.ts',
      'storage/indexeddb/drafts.ts',
      'storage/indexeddb/known-agents.ts',
    ],
    types: [
      'engine/api.ts',
      'engine/inspector',
      'agent/kept-views.ts',
      'agent/views.ts',
      'agent/recording.ts',
      'lab',
      'lab/host',
      'protocol/**',
    ],
  },
  library: {
    imports: [
      'agent',
      'engine/agent-lock.ts',
      'network/**',
      'protocol',
      'storage/file/agent-store.ts',
      'storage/indexeddb/agent-store.ts',
    ],
  },
  mocks: { imports: ['controller', 'network', 'storage/**', 'protocol'] },
  server: {
    imports: ['agent', 'console', 'controller', 'http', 'lab', 'network/**', 'pki', 'protocol/**', 'storage/**'],
  },
  cli: {
    imports: [
      'agent',
      'console',
      'controller',
      'http',
      'lab',
      'library',
      'network/**',
      'pki',
      'protocol/**',
      'server/**',
      'storage/**',
    ],
  },
};

/**
 * Which rooms, with the rooms inside them, use which package. `node:` stands for Node's own modules.
 *
 * @type {Record<string, readonly string[]>}
 */
export const packages = {
  '@fontsource-variable/inter': ['ui'],
  '@fontsource-variable/jetbrains-mono': ['ui'],
  '@hono/node-server': ['server', 'cli'],
  '@nats-io/jetstream': ['storage/nats'],
  '@nats-io/kv': ['storage/nats'],
  '@nats-io/transport-node': ['server', 'storage/nats'],
  '@noble/post-quantum': ['protocol/crypto'],
  '@peculiar/x509': ['pki'],
  '@tanstack/react-query': ['ui'],
  'age-encryption': ['agent', 'storage/file'],
  comlink: ['engine', 'mocks', 'lab/host'],
  canonicalize: ['protocol/wire'],
  'eventsource-parser': ['agent'],
  'fastest-levenshtein': ['console'],
  hono: ['agent', 'cli', 'controller', 'server'],
  idb: ['storage'],
  'jsonc-parser': ['ui'],
  msw: ['mocks'],
  'node:': ['server', 'cli', 'library', 'storage/file', 'storage/sqlite', 'storage/nats'],
  'prom-client': ['server'],
  react: ['ui'],
  'react-dom': ['ui'],
  'reflect-metadata': ['pki'],
  uqr: ['ui'],
  valibot: ['protocol/wire', 'agent', 'controller', 'engine', 'network', 'pki', 'server', 'cli', 'storage', 'ui'],
  virtua: ['ui'],
  wouter: ['ui'],
  ws: ['server', 'cli'],
  zustand: ['ui'],
};
