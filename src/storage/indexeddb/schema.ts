import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { ParleyError } from '../../protocol/errors.ts';

/** Each version adds to the one before, so that a database of any age keeps what it holds. */
const version = 8;

/** What an agent's database holds. Values are `unknown` until they have been parsed. */
export interface AgentSchema extends DBSchema {
  /** One record under the key `self`. */
  identity: { key: 'self'; value: unknown };
  nonces: { key: string; value: unknown; indexes: { seenAt: number } };
  /** Since version 2. */
  verifications: { key: string; value: unknown };
  /** Since version 3, as all below: one record under the key `self`. */
  historyKeys: { key: 'self'; value: unknown };
  /** `openAt` is there while the exchange is open. */
  exchanges: { key: [peerId: string, sequence: number]; value: unknown; indexes: { tag: string; openAt: number } };
  /** The search index: the tokens of exchanges that are not yet in a segment; the segments; which of their exchanges have which tokens. */
  recentTokens: { key: [peerId: string, sequence: number]; value: unknown };
  segments: { key: number; value: unknown };
  postings: { key: [row: number, segment: number]; value: unknown };
  /** Counts the changes of the index, under the key `self`. */
  indexVersion: { key: 'self'; value: unknown };
  /** How much is kept of each peer. */
  peers: { key: string; value: unknown };
  audit: { key: number; value: unknown };
  /** Since version 5: the certificates that entries of the audit trail refer to. */
  auditCertificates: { key: string; value: unknown };
  resumptions: { key: string; value: unknown };
  /** Imported histories, and their exchanges. */
  archives: { key: string; value: unknown };
  archiveRecords: { key: [archiveId: string, peerId: string, sequence: number]; value: unknown };
  /** Since version 4: which requests ran, and the floors below which they are forgotten. */
  requests: { key: number; value: unknown };
  requestFloors: { key: string; value: unknown };
  /** Since version 6: what was recorded of the newest sessions. */
  recordings: { key: string; value: unknown };
  /** Since version 7: the rows of groups, and the signature keys of leaves. `memberOf` is there in the part `member`. */
  groupRows: { key: [group: string, part: string]; value: unknown; indexes: { memberOf: string } };
  groupKeys: { key: string; value: unknown };
  /** Since version 8: the records of files, what happens to those of a peer, those that were offered, and the blocks of those that come. */
  files: { key: string; value: unknown };
  filePolicies: { key: string; value: unknown };
  offeredFiles: { key: string; value: unknown };
  fileChunks: { key: [id: string, at: number]; value: unknown };
}

/** Returns the name of one agent's database. */
export function agentDatabaseName(agentId: string): string {
  return `parley-agent-${agentId}`;
}

/** How an agent's database is opened. */
interface Opening {
  /** Called when the connection has to go: for a newer version or a deletion elsewhere, or because the browser closed it. */
  readonly lost: () => void;
  /** True when the database has to be there already. */
  readonly mustExist: boolean;
}

/** Opens an agent's database and brings it up to this version. Rejects with `storage_cleared` when it has to exist and does not. */
export async function openAgentDatabase(
  name: string,
  { lost, mustExist }: Opening,
): Promise<IDBPDatabase<AgentSchema>> {
  let isGone = false;
  const opening = openDB<AgentSchema>(name, version, {
    // By what is there, not by the old version's number: a database may have been made without any store.
    upgrade(db, oldVersion, _newVersion, transaction) {
      if (mustExist && oldVersion === 0) {
        isGone = true;
        transaction.done.catch(() => undefined);
        transaction.abort();
        return;
      }
      const has = db.objectStoreNames;
      if (!has.contains('identity')) db.createObjectStore('identity');
      if (!has.contains('nonces')) db.createObjectStore('nonces', { keyPath: 'key' }).createIndex('seenAt', 'seenAt');
      if (!has.contains('verifications')) db.createObjectStore('verifications', { keyPath: 'peerId' });
      if (!has.contains('auditCertificates')) db.createObjectStore('auditCertificates', { keyPath: 'fingerprint' });
      if (!has.contains('historyKeys')) db.createObjectStore('historyKeys');
      if (!has.contains('exchanges')) {
        const exchanges = db.createObjectStore('exchanges', { keyPath: ['peerId', 'sequence'] });
        exchanges.createIndex('tag', 'tag');
        exchanges.createIndex('openAt', 'openAt');
      }
      if (!has.contains('recentTokens')) db.createObjectStore('recentTokens', { keyPath: ['peerId', 'sequence'] });
      if (!has.contains('segments')) db.createObjectStore('segments', { keyPath: 'segment' });
      if (!has.contains('postings')) db.createObjectStore('postings', { keyPath: ['row', 'segment'] });
      if (!has.contains('indexVersion')) db.createObjectStore('indexVersion');
      if (!has.contains('peers')) db.createObjectStore('peers', { keyPath: 'peerId' });
      if (!has.contains('audit')) db.createObjectStore('audit', { keyPath: 'index' });
      if (!has.contains('resumptions')) db.createObjectStore('resumptions', { keyPath: 'resumptionId' });
      if (!has.contains('archives')) db.createObjectStore('archives', { keyPath: 'archiveId' });
      if (!has.contains('archiveRecords')) {
        db.createObjectStore('archiveRecords', { keyPath: ['archiveId', 'peerId', 'sequence'] });
      }
      if (!has.contains('requests')) db.createObjectStore('requests', { keyPath: 'number' });
      if (!has.contains('requestFloors')) db.createObjectStore('requestFloors', { keyPath: 'peer' });
      if (!has.contains('recordings')) db.createObjectStore('recordings', { keyPath: 'sessionId' });
      if (!has.contains('groupRows')) {
        db.createObjectStore('groupRows', { keyPath: ['group', 'part'] }).createIndex('memberOf', 'memberOf');
      }
      if (!has.contains('groupKeys')) db.createObjectStore('groupKeys', { keyPath: 'id' });
      if (!has.contains('files')) db.createObjectStore('files', { keyPath: 'id' });
      if (!has.contains('filePolicies')) db.createObjectStore('filePolicies', { keyPath: 'peerId' });
      if (!has.contains('offeredFiles')) db.createObjectStore('offeredFiles');
      if (!has.contains('fileChunks')) db.createObjectStore('fileChunks', { keyPath: ['id', 'at'] });
    },
    // A newer version or a deletion elsewhere must not wait for this connection.
    blocking: (_current, _blocked, event) => {
      if (event.target instanceof IDBDatabase) event.target.close();
      lost();
    },
    terminated: lost,
  });
  try {
    return await opening;
  } catch (cause) {
    throw isGone ? storageCleared(cause) : cause;
  }
}

/** Returns the error of an agent whose stored data was deleted while it was open. */
export function storageCleared(cause?: unknown): ParleyError {
  return new ParleyError(
    'storage_cleared',
    'This browser’s data of the agent was deleted while it was open: its private keys, its conversations and its audit trail. Nobody can restore the keys; an exported history can still be imported to be read.',
    { cause },
  );
}
