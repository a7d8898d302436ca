import { describe, expect, test } from 'vitest';
import { violations } from './directions.mjs';

/** @type {readonly [path: string, code: string, reason: string][]} */
const refused = [
  ['protocol/trace.ts', "import { pem } from '../pki/pem.ts';", 'protocol may not import pki'],
  ['protocol/errors.ts', "import { parse } from './wire/parse.ts';", 'protocol may not import protocol/wire'],
  [
    'protocol/errors.ts',
    "import type { Subtle } from './crypto/subtle.ts';",
    'protocol may not import protocol/crypto',
  ],
  ['protocol/wire/a.ts', "import { hash } from '../crypto/hash.ts';", 'protocol/wire may not import protocol/crypto'],
  ['protocol/crypto/a.ts', "import { start } from '../handshake/initiator.ts';", 'may not import protocol/handshake'],
  ['protocol/handshake/a.ts', "import { open } from '../session/session.ts';", 'may not import protocol/session'],
  ['protocol/session/a.ts', "import { agent } from '../../agent/agent.ts';", 'protocol/session may not import agent'],
  ['protocol/session/a.ts', "import { readFile } from 'node:fs/promises';", 'node: belongs to server, cli'],
  ['protocol/handshake/a.ts', "import * as v from 'valibot';", 'valibot belongs to'],
  ['pki/a.ts', "import { parse } from '../protocol/wire/parse.ts';", 'pki may not import protocol/wire'],
  ['pki/a.ts', "import { app } from '../controller/app.ts';", 'pki may not import controller'],
  ['controller/a.ts', "import { agent } from '../agent/agent.ts';", 'controller may not import agent'],
  ['agent/search/a.ts', "import { sealed } from '../history/record.ts';", 'agent/search may not import agent/history'],
  ['agent/a.ts', "import { open } from '../storage/indexeddb/open.ts';", 'agent may not import storage'],
  ['agent/a.ts', "import { World } from './testing/world.ts';", 'what is made for tests stays with them'],
  ['agent/a.ts', "import { openDB } from 'idb';", 'idb belongs to storage'],
  ['storage/indexeddb/a.ts', "import { Agent } from '../../agent/agent.ts';", 'storage/indexeddb may not import agent'],
  ['network/a.ts', "import { store } from '../storage/memory.ts';", 'network may not import storage'],
  ['console/a.ts', "import { engine } from '../engine/client.ts';", 'console may not import engine'],
  ['engine/a.ts', "import { App } from '../ui/shell/app.tsx';", 'engine may not import ui'],
  ['engine/a.ts', "import { setupWorker } from 'msw/browser';", 'msw belongs to mocks'],
  ['lab/a.ts', "import { client } from '../engine/client.ts';", 'lab may not import engine'],
  ['ui/a.tsx', "import { agent } from '../agent/agent.ts';", 'ui may not import agent'],
  ['ui/home/a.tsx', "import type { Agent } from '../../agent/agent.ts';", 'ui/home may not import agent'],
  [
    'ui/design/a.tsx',
    "import type { Section } from '../routing/agent-place.ts';",
    'ui/design may not import ui/routing',
  ],
  [
    'ui/a.tsx',
    "const worker = new Worker(new URL('../engine/worker.ts', import.meta.url));",
    'ui may not import engine',
  ],
  ['ui/a.tsx', "export { store } from '../storage/indexeddb/store.ts';", 'ui may not import storage'],
  ['ui/a.tsx', "export * from '../controller/app.ts';", 'ui may not import controller'],
  ['ui/a.tsx', "const app = await import('../controller/app.ts');", 'ui may not import controller'],
  ['ui/a.tsx', "type App = import('../controller/app.ts').App;", 'ui may not import controller'],
  ['mocks/a.ts', "import { agent } from '../agent/agent.ts';", 'mocks may not import agent'],
  ['server/a.ts', "import { handlers } from '../mocks/handlers.ts';", 'server may not import mocks'],
  ['cli/a.ts', "import { client } from '../engine/client.ts';", 'cli may not import engine'],
  ['attic/a.ts', 'export const old = 1;', 'is in no room'],
  ['ui/a.tsx', "import version from '../../package.json';", 'it is in no room'],
  ['ui/a.tsx', "import lodash from 'lodash';", 'gives lodash to no room'],
];

/** @type {readonly [path: string, code: string][]} */
const allowed = [
  ['protocol/session/a.ts', "import { derive } from '../handshake/key-schedule.ts';"],
  [
    'storage/indexeddb/a.ts',
    "import type { AgentStore } from '../../agent/contracts/ports.ts'; import { openDB } from 'idb';",
  ],
  [
    'ui/state/a.ts',
    "import type { PeerView } from '../../agent/contracts/views.ts'; import { openEngine } from '../../engine/client.ts';",
  ],
  ['agent/a.test.ts', "import { memoryStore } from '../storage/memory.ts';"],
  ['ui/a.css', '@import "x";'],
];

describe('an import against the direction is refused', () => {
  test.each(refused)('%s: %s', (path, code, reason) => {
    expect(violations(path, code)).toEqual([expect.stringContaining(reason)]);
  });
});

describe('an import along the direction is allowed', () => {
  test.each(allowed)('%s: %s', (path, code) => {
    expect(violations(path, code)).toEqual([]);
  });
});
