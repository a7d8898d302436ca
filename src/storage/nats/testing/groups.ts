import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { AgentRecord } from '../../../controller/store.ts';
import { isAgentId } from '../../../protocol/ids.ts';
import type { GroupStoreOptions } from '../controller-store.ts';
import { type LinkListener, NatsLink } from '../link.ts';
import { freshCaFile, makeTestCa, openTestStore, type TestGroupStore } from './group-store.ts';
import { type NatsServer, startNats } from './nats-server.ts';

export const bucket = 'parley_controller';
export const revoked = { at: 5, reason: 'keyCompromise' } as const;

/** Returns the record of an agent of this name. */
export function makeRecord(name: string, more: Partial<AgentRecord> = {}): AgentRecord {
  if (!isAgentId(name)) throw new RangeError(name);
  return {
    agentId: name,
    address: 'https://localhost:5001',
    signingSpki: new TextEncoder().encode(name),
    certificates: { signing: new Uint8Array(900), encryption: new Uint8Array(900) },
    issued: [{ serial: `0${name.length}`, notAfter: 1_000 }],
    ...more,
  };
}

/** Returns the names of records. */
export const names = (records: readonly AgentRecord[]) => records.map(({ agentId }) => agentId);
/** Returns names of agents in order. */
export const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => `agent_${String(at).padStart(4, '0')}`);
/** Registers agents at a server. */
export const add = async ({ store }: TestGroupStore, all: readonly string[]) => {
  await Promise.all(all.map((name) => store.updateAgent(name, () => makeRecord(name))));
};
/** Returns the revision of the newest message of the bucket. */
export const lastRevision = async ({ connection }: NatsLink) =>
  (await (await jetstreamManager(connection)).streams.info(`KV_${bucket}`)).state.last_seq;

/** Registers what ends the servers of a file's tests; returns what starts a NATS server and any number of servers of a group. */
export function startingGroups() {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(joinPath(tmpdir(), 'parley-records-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const ending: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  return async function group() {
    const nats: NatsServer = await startNats();
    ending.push(() => nats.end());
    const caFile = freshCaFile(folder);
    const link = async () => {
      const opened = await NatsLink.open({ urls: nats.url });
      ending.push(() => opened.connection.close());
      return opened;
    };
    const join = async (
      more: Partial<GroupStoreOptions> = {},
      listener?: LinkListener,
    ): Promise<TestGroupStore & { link: NatsLink }> => {
      const its = await link();
      if (listener !== undefined) its.subscribe(listener);
      const opened = openTestStore(its, caFile, 'parley', more);
      if ((await opened.store.loadAuthority()) === undefined) await opened.store.keepAuthority(await makeTestCa());
      ending.push(async () => opened.store.close());
      return { ...opened, link: its };
    };
    return { nats, caFile, link, join };
  };
}
