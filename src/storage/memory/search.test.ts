import { describe } from 'vitest';
import { searchContract } from '../testing/search-contract.ts';
import { createMemoryAgentStore } from './agent-store.ts';

describe('an agent’s store in memory', () => searchContract(async () => createMemoryAgentStore(), 15));
