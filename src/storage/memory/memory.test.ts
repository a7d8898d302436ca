import { describe } from 'vitest';
import { agentStoreContract } from '../testing/agent-store-contract.ts';
import { controllerStoreContract } from '../testing/controller-store-contract.ts';
import { createMemoryAgentStore } from './agent-store.ts';
import { createMemoryControllerStore } from './controller-store.ts';

describe('a Controller’s store in memory', () => controllerStoreContract(async () => createMemoryControllerStore()));
describe('an agent’s store in memory', () => agentStoreContract(async () => createMemoryAgentStore()));
