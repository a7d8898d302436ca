import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { searchContract } from '../testing/search-contract.ts';
import { openFileAgentStore } from './agent-store.ts';

let root = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-search-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('an agent’s store in files', () =>
  searchContract(() => openFileAgentStore(join(root, `agent-${++count}`)), 10));
