import { describe } from 'vitest';
import { searchContract } from '../testing/search-contract.ts';
import { openAgentStore } from './agent-store.ts';

let count = 0;

describe('an agent’s store in IndexedDB', () => searchContract(() => openAgentStore(`searched_${++count}`), 8));
