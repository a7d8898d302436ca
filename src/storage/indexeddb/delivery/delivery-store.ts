import * as v from 'valibot';
import { type DeliveryStore, newDeliveryAgent } from '../../../delivery/store.ts';
import { guarded } from '../../guarded.ts';
import { passing } from '../../passing.ts';
import { deliveryAgentV1, toDeliveryAgentV1 } from '../../records/delivery.ts';
import { storedBytes } from '../../stored-history.ts';
import { dropInbox, dropOldWelcomes, openInboxes } from './inboxes.ts';
import { type ChangeAgent, openLogs } from './logs.ts';
import { type DeliveryDatabase, deliveryDatabase } from './schema.ts';

const deliveryDatabaseName = 'parley-delivery';

/** Version 1 of a one-time KeyPackage. */
const packageV1 = v.object({ agentId: v.string(), hash: v.string(), bytes: storedBytes });

/** Opens a delivery service's store in IndexedDB, shared by every tab of the origin. Its calls reject as those of an agent's store. */
export async function openDeliveryStore(name = deliveryDatabaseName): Promise<DeliveryStore> {
  const database = deliveryDatabase(name);
  await guarded(() => database.read());
  const agentIn = (stored: unknown) => (stored === undefined ? newDeliveryAgent : v.parse(deliveryAgentV1, stored));
  const changeAgent: ChangeAgent = async (transaction, agentId, change) => {
    const agents = transaction.objectStore('agents');
    const current = agentIn(await agents.get(agentId));
    const made = change(current);
    if (made !== current) await agents.put(toDeliveryAgentV1(made), agentId);
    return made;
  };
  return {
    ...openLogs(database, changeAgent),
    ...openInboxes(database),
    ...openPackages(database),
    agent: (agentId) => guarded(async () => agentIn(await (await database.read()).get('agents', agentId))),
    changeAgent: (agentId, change) =>
      passing(guarded, change, (told) => database.write((transaction) => changeAgent(transaction, agentId, told))),
    forgetAgent: (agentId) =>
      guarded(() =>
        database.write(async (transaction) => {
          const packages = transaction.objectStore('packages');
          for (const key of await packages.index('agentId').getAllKeys(agentId)) await packages.delete(key);
          await transaction.objectStore('lastResorts').delete(agentId);
          await dropInbox(transaction, agentId);
        }),
      ),
    remember: (key, until) =>
      guarded(() =>
        database.write(async (transaction) => {
          const remembered = transaction.objectStore('remembered');
          if ((await remembered.count(key)) > 0) return false;
          await remembered.put({ until }, key);
          return true;
        }),
      ),
    isRemembered: (key) => guarded(async () => (await (await database.read()).count('remembered', key)) > 0),
    dropExpired: (now, welcomesBefore) =>
      guarded(() =>
        database.write(async (transaction) => {
          for (const kind of ['remembered', 'answers'] as const) {
            const store = transaction.objectStore(kind);
            const range = IDBKeyRange.upperBound(now, true);
            for await (const cursor of store.index('until').iterate(range)) await cursor.delete();
          }
          await dropOldWelcomes(transaction, welcomesBefore);
        }),
      ),
  };
}

function openPackages(
  database: DeliveryDatabase,
): Pick<DeliveryStore, 'addKeyPackages' | 'putLastResort' | 'takeKeyPackage' | 'lastResort'> {
  return {
    addKeyPackages: (agentId, added, most, replace) =>
      guarded(() =>
        database.write(async (transaction) => {
          const packages = transaction.objectStore('packages');
          const own = () => packages.index('agentId').getAllKeys(agentId);
          if (replace) for (const key of await own()) await packages.delete(key);
          for (const { hash, bytes } of added) {
            if ((await packages.index('hash').count([agentId, hash])) > 0) continue;
            await packages.add({ agentId, hash, bytes });
          }
          const all = await own();
          const gone = all.slice(0, Math.max(0, all.length - most));
          for (const key of gone) await packages.delete(key);
          return all.length - gone.length;
        }),
      ),
    takeKeyPackage: (agentId) =>
      guarded(() =>
        database.write(async (transaction) => {
          const packages = transaction.objectStore('packages');
          const oldest = await packages.index('agentId').openCursor(agentId);
          if (oldest === null) return undefined;
          await oldest.delete();
          const { hash, bytes } = v.parse(packageV1, oldest.value);
          return { hash, bytes };
        }),
      ),
    putLastResort: (agentId, bytes) =>
      guarded(() =>
        database.write(async (transaction) => {
          const lastResorts = transaction.objectStore('lastResorts');
          await (bytes === undefined ? lastResorts.delete(agentId) : lastResorts.put(bytes, agentId));
        }),
      ),
    lastResort: (agentId) =>
      guarded(async () => {
        const found = await (await database.read()).get('lastResorts', agentId);
        return found === undefined ? undefined : v.parse(storedBytes, found);
      }),
  };
}
