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
