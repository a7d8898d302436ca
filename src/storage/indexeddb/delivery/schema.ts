import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { writeAtOnce } from '../transaction.ts';

const version = 1;

/** What the delivery service's database holds. Values are `unknown` until they have been parsed. */
interface DeliverySchema extends DBSchema {
  agents: { key: string; value: unknown };
  remembered: { key: string; value: unknown; indexes: { until: number } };
  /** One-time KeyPackages, in their order. */
  packages: { key: number; value: unknown; indexes: { agentId: string; hash: [agentId: string, hash: string] } };
  lastResorts: { key: string; value: unknown };
  groups: { key: string; value: unknown };
  entries: { key: [groupId: string, index: number]; value: unknown };
  messages: { key: [groupId: string, index: number]; value: unknown };
  answers: { key: [sender: string, entryId: string]; value: unknown; indexes: { until: number } };
  positions: { key: [groupId: string, agentId: string]; value: unknown };
  upkeep: { key: string; value: unknown };
  /** By the commit entry that they came with. */
  welcomes: { key: [groupId: string, entry: number]; value: unknown; indexes: { from: string } };
  inbox: { key: [agentId: string, index: number]; value: unknown; indexes: { at: number } };
  /** The index that the next Welcome of each inbox gets. */
  inboxes: { key: string; value: unknown };
}

const stores = [
  'agents',
  'remembered',
  'packages',
  'lastResorts',
  'groups',
  'entries',
  'messages',
  'answers',
  'positions',
  'upkeep',
  'welcomes',
  'inbox',
  'inboxes',
] as const;
type StoreName = (typeof stores)[number];

/** A transaction that may change everything. */
export type DeliveryWriting = IDBPTransaction<DeliverySchema, StoreName[], 'readwrite'>;

/** The delivery service's database: one for all tabs. */
export interface DeliveryDatabase {
  read(): Promise<IDBPDatabase<DeliverySchema>>;
  /** Runs `work` in one transaction: all of it is on disk when it resolves, or nothing is changed. */
  write<T>(work: (transaction: DeliveryWriting) => Promise<T>): Promise<T>;
}

/** Opens the database, and again whenever its connection was lost. */
export function deliveryDatabase(name: string): DeliveryDatabase {
  let database: Promise<IDBPDatabase<DeliverySchema>> | undefined;
  const lost = () => {
    database = undefined;
  };
  const open = async () => {
    const opening = database ?? openDatabase(name, lost);
    database = opening;
    try {
      return await opening;
    } catch (error) {
      if (database === opening) lost();
      throw error;
    }
  };
  return { read: open, write: (work) => writeAtOnce(open, [...stores], 'strict', work) };
}

function openDatabase(name: string, lost: () => void): Promise<IDBPDatabase<DeliverySchema>> {
  return openDB<DeliverySchema>(name, version, {
    upgrade(db) {
      for (const plain of ['agents', 'lastResorts', 'groups', 'upkeep', 'inboxes', 'positions'] as const) {
        db.createObjectStore(plain);
      }
      db.createObjectStore('remembered').createIndex('until', 'until');
      const packages = db.createObjectStore('packages', { autoIncrement: true });
      packages.createIndex('agentId', 'agentId');
      packages.createIndex('hash', ['agentId', 'hash'], { unique: true });
      db.createObjectStore('entries');
      db.createObjectStore('messages');
      db.createObjectStore('answers').createIndex('until', 'until');
      db.createObjectStore('welcomes').createIndex('from', 'from');
      db.createObjectStore('inbox').createIndex('at', 'at');
    },
    // A newer version or a deletion elsewhere must not wait for this connection.
    blocking: (_current, _blocked, event) => {
      if (event.target instanceof IDBDatabase) event.target.close();
      lost();
    },
    // Site data was deleted: what is asked for next is looked for anew.
    terminated: lost,
  });
}
