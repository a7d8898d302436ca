import type { KeyObject } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import * as v from 'valibot';
import { isForgotten } from '../../controller/revoked-serials.ts';
import type {
  AgentRecord,
  AuthorityStore,
  ControllerStore,
  LastSeenStore,
  StoredAuthority,
  StoredList,
  TokenStore,
} from '../../controller/store.ts';
import { toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { agentFromJson, agentToJson, listFromJson, listToJson } from '../json/controller-records.ts';
import { parsedRecord } from '../json/record.ts';
import { AgentIndex } from './agent-index.ts';
import { newestRevision } from './bucket-info.ts';
import { groupTokens } from './group-tokens.ts';
import { inGroup } from './in-group.ts';
import { KeyedRecords } from './keyed-records.ts';
import type { NatsLink } from './link.ts';
import { type JoinOptions, pinAuthority } from './pin.ts';
import { type KeptRecord, SealedRecords } from './records.ts';
import { RevocationsFollowed, type RevocationsListener } from './revocations.ts';
import { Seal } from './seal.ts';

/** A CA from whose private key the servers of a group derive what they authenticate by. */
interface GroupAuthority extends AuthorityStore {
  /** Undefined when there is no CA yet. */
  groupKey(): Promise<KeyObject | undefined>;
}

/** What a group's store tells. */
interface GroupStoreListener extends RevocationsListener {
  /** Something other than a server of this group has written or deleted a record. */
  forged(key: string): void;
  failed(error: unknown): void;
}

/** How a group's store is opened. */
export interface GroupStoreOptions extends JoinOptions {
  readonly prefix: string;
  /** Throws when this server may change nothing just now: its clock is wrong. */
  mayChange(): void;
  readonly listener: GroupStoreListener;
}

/** A Controller's store that servers share. */
export interface GroupStore extends ControllerStore, TokenStore, LastSeenStore {
  /** Authenticates what servers of the group tell each other. Rejects with `storage_failed` when there is no CA yet. */
  seal(): Promise<Seal>;
  /** Resolves when every record is at hand and NATS has lost none. Rejects with `storage_failed`. */
  ready(): Promise<void>;
  close(): void;
}

interface Opened {
  readonly seal: Seal;
  readonly records: SealedRecords;
  readonly keyed: KeyedRecords;
}

/**
 * Opens a Controller's store that servers share, in JetStream key-value buckets whose names begin with `prefix`. The
 * CA's key stays in `authority`; what stands at NATS is authenticated by a key that is derived from it. All agents
 * are in memory, kept up to date by one standing consumer; what is not certainly whole is an error. Rejects with
 * `storage_failed`.
 */
export function openNatsControllerStore(
  link: NatsLink,
  authority: GroupAuthority,
  options: GroupStoreOptions,
): GroupStore {
  const { prefix, listener, mayChange } = options;
  const bucket = `${prefix}_controller`;
  const index = new AgentIndex();
  const revocations = new RevocationsFollowed(listener);
  /** The revisions at which this server took numbers of lists. */
  const numbered = new Map<number, number>();
  let opening: Promise<Opened> | undefined;

  const changed = (key: string, { text, revision }: KeptRecord) => {
    if (key === 'list.newest') revocations.listed(listIn(text).over);
    const agentId = agentIdIn(key);
    if (agentId === undefined) return;
    const record = agentIn(text);
    const before = index.set(agentId, record);
    if (record !== undefined) revocations.changed(before, record, revision);
  };
  const open = async (own: StoredAuthority, isNew: boolean): Promise<Opened> => {
    const key = await authority.groupKey();
    if (key === undefined) throw noCa();
    const seal = new Seal(key);
    const records = await SealedRecords.open(link, bucket, seal, {
      changed,
      whole: () => revocations.whole(),
      forged: (name) => listener.forged(name),
      failed: (error) => listener.failed(error),
    });
    try {
      await pinAuthority(records, own, { ...options, newGroup: isNew || options.newGroup });
      return { seal, records, keyed: await KeyedRecords.open(link, seal, prefix) };
    } catch (error) {
      records.close();
      throw error;
    }
  };
  const join = (own: StoredAuthority, isNew: boolean): Promise<Opened> => {
    opening ??= open(own, isNew).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const opened = async (): Promise<Opened> => {
    if (opening === undefined) throw noCa();
    return opening;
  };
  const changing = async (): Promise<SealedRecords> => {
    const { records } = await opened();
    mayChange();
    return records;
  };

  return {
    ...groupTokens(async () => (await opened()).records, changing),
    keepsKeyAsFile: authority.keepsKeyAsFile,
    loadAuthority: () =>
      inGroup(async () => {
        const own = await authority.loadAuthority();
        if (own !== undefined) await join(own, false);
        else if (await hasGroup(link, bucket)) throw caIsElsewhere();
        return own;
      }),
    keepAuthority: (candidate) =>
      inGroup(async () => {
        const own = await authority.keepAuthority(candidate);
        await join(own, true);
        return own;
      }),
    agent: (id) =>
      inGroup(async () => {
        if (!isAgentId(id)) return undefined;
        const { records } = await opened();
        // Another server may have registered it this moment: only what was heard to the end is not there.
        if ((await records.get(`agents.${id}`)) === undefined) await records.watch.catchUpWith(`agents.${id}`);
        const record = agentIn((await records.get(`agents.${id}`))?.text ?? '');
        return record?.deletedAt === undefined ? record : undefined;
      }),
    agents: (after, limit) =>
      inGroup(async () => {
        await (await opened()).records.all();
        return index.page(after, limit);
      }),
    countAgents: (signingSpki) =>
      inGroup(async () => {
        await (await opened()).records.all();
        return index.count(signingSpki && toHex(signingSpki));
      }),
    updateAgent: (id, change) =>
      inGroup(async () => {
        const records = await changing();
        await records.change(`agents.${id}`, (text) => {
          const current = agentIn(text ?? '');
          const made = change(current);
          return made === current ? undefined : agentToJson(made);
        });
      }),
    revokedSerials: (now) =>
      inGroup(async () => {
        await (await opened()).records.all();
        return index.revokedSerials(now);
      }),
    keepCertificates: (certificates) => inGroup(async () => (await opened()).keyed.keepCertificates(certificates)),
    certificate: (hash) => inGroup(async () => (await opened()).keyed.certificate(hash)),
    putRegistration: (registration) => inGroup(async () => (await opened()).keyed.putRegistration(registration)),
    takeRegistration: (id) => inGroup(async () => (await opened()).keyed.takeRegistration(id)),
    hasSignature: (hash) => inGroup(async () => (await opened()).keyed.hasSignature(hash)),
    addSignature: (hash, until) => inGroup(async () => (await opened()).keyed.addSignature(hash, until)),
    // What is in the bucket of registrations goes by itself.
    dropExpired: (now) =>
      inGroup(async () => {
        const records = await changing();
        for (const record of index.all()) {
          if (!isOver(record, now)) continue;
          await records.change(`agents.${record.agentId}`, (text) => {
            const current = agentIn(text ?? '');
            return current !== undefined && isOver(current, now) ? '' : undefined;
          });
        }
      }),
    nextListNumber: () =>
      inGroup(async () => {
        const records = await changing();
        let number = 0;
        const isLost = records.foreign.has('list.number');
        const revision = await records.renew('list.number', (text) => {
          // Where the count was destroyed, it goes on above everything that was counted one by one.
          number = text === undefined && isLost ? Math.floor(Date.now() / 1_000) : Number(text ?? 0) + 1;
          return String(number);
        });
        if (revision !== undefined) numbered.set(number, revision);
        return number;
      }),
    loadList: () =>
      inGroup(async () => {
        const { records } = await opened();
        const kept = await records.ifAny('list.newest');
        // A list that does not name all that was revoked is none: the next who asks signs one.
        return kept === undefined || revocations.isBehind ? undefined : listIn(kept.text).list;
      }),
    keepList: (list) =>
      inGroup(async () => {
        const records = await changing();
        const over = numbered.get(list.number) ?? 0;
        numbered.delete(list.number);
        await records.renew('list.newest', (text) =>
          text !== undefined && listIn(text).list.number >= list.number
            ? undefined
            : JSON.stringify({ over, list: listToJson(list) }),
        );
      }),
    noteSeen: (agentIds, at) => inGroup(async () => (await opened()).keyed.noteSeen(agentIds, at)),
    lastSeen: (agentIds) => inGroup(async () => (await opened()).keyed.lastSeen(agentIds)),
    seal: async () => (await opened()).seal,
    ready: () =>
      inGroup(async () => {
        const { records } = await opened();
        await records.watch.whole();
        await records.watch.check();
      }),
    close: () => {
      void opening?.then(
        ({ records }) => records.close(),
        () => undefined,
      );
    },
  };
}

const keptList = v.object({ over: v.number(), list: v.string() });

/** A record that was dropped holds nothing. */
function agentIn(text: string): AgentRecord | undefined {
  return text === '' ? undefined : agentFromJson(text);
}

function agentIdIn(key: string): string | undefined {
  return key.startsWith('agents.') ? key.slice('agents.'.length) : undefined;
}

/** A list as it is kept, and the revision up to which it names everything that was revoked. */
function listIn(text: string): { readonly over: number; readonly list: StoredList } {
  const { over, list } = parsedRecord(keptList, text);
  return { over, list: listFromJson(list) };
}

function isOver({ deletedAt, issued }: AgentRecord, now: number): boolean {
  return deletedAt !== undefined && issued.every((certificate) => isForgotten(certificate, now));
}

async function hasGroup(link: NatsLink, bucket: string): Promise<boolean> {
  const manager = await link.whileUp(() => jetstream(link.connection).jetstreamManager());
  return (await link.whileUp(() => newestRevision(manager, bucket, 'authority'))) > 0;
}

function caIsElsewhere(): ParleyError {
  return new ParleyError(
    'storage_failed',
    'The servers of this group already have a CA. Copy the CA file of one of them here.',
  );
}

function noCa(): ParleyError {
  return new ParleyError('storage_failed', 'This server has no CA yet, so it cannot read the records of its group.');
}
