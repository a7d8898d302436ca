import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Agent } from '../../src/agent/agent.ts';
import { openFileAgentStore } from '../../src/storage/file/agent-store.ts';
import { createMemoryAgentStore } from '../../src/storage/memory/agent-store.ts';
import { openStage, type Stage } from './stage.ts';

/** What a group costs a whole agent in Node, over SQLite. Times in milliseconds. */
export interface TalkRow {
  readonly members: number;
  /** Making the group and adding everybody, each KeyPackage fetched and checked. */
  readonly create: number;
  /** From the acceptance of the invitation until this agent is a member. */
  readonly join: number;
  readonly messages: number;
  /** Of each message: to say it until the service has it, and to take it in after a restart. */
  readonly say: number;
  readonly catchUp: number;
  /** Bytes that each message that was received adds to the agent's database: keys, position, heads, history with its index, audit. */
  readonly diskPerMessage: number;
}

/** Members of the groups that are measured, and messages that each says. */
const measured = { members: [2, 32, 256], messages: 1_000 } as const;
/** What is said: with a number each, so that no two are the same. */
const text = (number: number) => `Hello Helper, this is message ${number}.`;
const creatorId = 'creator_agent_001';
const readerId = 'reader_agent_001';

/** Measures groups of up to so many members. */
export async function benchGroupTalk(upTo: number): Promise<readonly TalkRow[]> {
  const rows: TalkRow[] = [];
  for (const members of measured.members) if (members <= upTo) rows.push(await measure(members, measured.messages));
  return rows;
}

/** Measures one group, in which `messages` are said while their reader is closed. */
async function measure(members: number, messages: number): Promise<TalkRow> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const stage = await openStage();
  const creator = await stage.open(creatorId, createMemoryAgentStore());
  try {
    const made = await madeGroup(stage, creator, folder, members);
    const before = bytesOf(folder);
    const said = await timed(async () => {
      for (let number = 0; number < messages; number++) {
        await creator.groups.say({ groupId: made.groupId, content: text(number) });
      }
    });
    const caughtUp = await withReader(stage, folder, (reader) =>
      timed(() => until(() => reader.groups.list().some(({ unread }) => unread >= messages))),
    );
    return {
      ...{ members, messages, create: made.create, join: made.join },
      ...{ say: said / messages, catchUp: caughtUp / messages },
      diskPerMessage: (bytesOf(folder) - before) / messages,
    };
  } finally {
    await creator.stop();
    await rm(folder, { recursive: true });
  }
}

/** Has an agent make a group of all, and the reader join it. */
async function madeGroup(stage: Stage, creator: Agent, folder: string, members: number) {
  const others = Array.from({ length: members - 2 }, (_, number) => `member_agent_${String(number).padStart(3, '0')}`);
  for (const other of others) await stage.enrol(other);
  return withReader(stage, folder, async (reader) => {
    await until(async () => (await stage.canBeInvited(readerId)) && (await stage.canBeInvited(creatorId)));
    let groupId = '';
    const create = await timed(async () => {
      ({ groupId } = await creator.groups.create({ name: 'Family', invite: [readerId, ...others] }));
    });
    await until(() => reader.groups.invitations().some((invitation) => invitation.groupId === groupId));
    const joined = await timed(() => reader.groups.accept(groupId));
    return { groupId, create, join: joined };
  });
}

/** Opens the reader over its database, and closes both afterwards. */
async function withReader<T>(stage: Stage, folder: string, use: (reader: Agent) => Promise<T>): Promise<T> {
  const store = await openFileAgentStore(folder);
  try {
    const reader = await stage.open(readerId, store);
    try {
      return await use(reader);
    } finally {
      await reader.stop();
    }
  } finally {
    store.close();
  }
}

/** Returns the bytes of the database's pages that hold something: those that a commit has left free are taken by what comes next. */
function bytesOf(folder: string): number {
  const database = new DatabaseSync(join(folder, 'agent.db'), { readOnly: true });
  try {
    const counted = (pragma: string) => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
    return (counted('page_count') - counted('freelist_count')) * counted('page_size');
  } finally {
    database.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Waits for something, five minutes at most. */
async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  const latest = performance.now() + 300_000;
  while (!(await look())) {
    if (performance.now() > latest) throw new Error(`What had to come did not: ${look}`);
    await pause(5);
  }
}
