import { deleteDB } from 'idb';
import { isAgentId } from '../../protocol/ids.ts';
import { agentDatabaseName } from './agent-store.ts';

/** The agents that have a database in this browser, in the order of their names. */
export async function knownAgents(): Promise<readonly string[]> {
  const prefix = agentDatabaseName('');
  const databases = await indexedDB.databases();
  return databases
    .flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []))
    .filter(isAgentId)
    .sort();
}

/** Erases all that this browser keeps of an agent: its keys, its certificates and what it has seen. */
export async function eraseAgent(agentId: string): Promise<void> {
  await deleteDB(agentDatabaseName(agentId));
}
