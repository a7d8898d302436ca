import * as v from 'valibot';
import type { AgentId } from '../../protocol/bytes.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { BucketWatch } from './bucket-watch.ts';
import { inGroup } from './in-group.ts';
import { type NatsLink, unreachable } from './link.ts';
import { putUnlessOutrun } from './records.ts';
import type { Seal } from './seal.ts';

/** Milliseconds after which a forgotten entry goes: that of a server that was killed. */
const entryTtl = 86_400_000;
/** How often a claim is tried while others are faster. */
const mostTries = 20;

const stored = v.object({ server: v.string(), number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

/** Who of a group of servers an agent is connected to. `number` grows with every claim of the agent by anyone. */
export interface Claim {
  readonly server: string;
  readonly number: number;
}

/** A group's register of connections. It says where an agent was last, not whether that server still lives. */
export interface Connections {
  readonly watch: BucketWatch;
  /** Says that an agent is connected to this server now. The number of the claim. */
  claim(agentId: AgentId): Promise<number>;
  /** Takes a claim back, unless a newer one has replaced it. */
  release(agentId: string, number: number): Promise<void>;
  close(): void;
}

/** What hears of claims. */
export interface ConnectionsListener {
  /** Hears every claim of the group, first those there are, in one order for all servers; undefined when it was taken back. */
  changed(agentId: AgentId, claim: Claim | undefined): void;
  /** Every claim up to now was told: at first, and after every outage. */
  whole(): void;
  /** Somebody without the group's key has written a claim, or has written an older one again. */
  forged(agentId: string): void;
  failed(error: unknown): void;
}

interface Known extends Claim {
  /** Of the newest message under the key, forged or not. */
  readonly revision: number;
}

/** Opens the register for one server. Rejects with `storage_failed`. */
export async function openConnections(
  link: NatsLink,
  seal: Seal,
  server: string,
  listener: ConnectionsListener,
  prefix = 'parley',
): Promise<Connections> {
  const bucket = `${prefix}_connections`;
  const known = new Map<string, Known>();
  const hear = (key: string, revision: number, text: string | undefined) => {
    const before = known.get(key);
    const opened = text === undefined ? undefined : seal.open([bucket, key], text);
    const claim = opened === undefined ? undefined : v.parse(stored, JSON.parse(opened));
    // A claim counts once: an older one that somebody writes again has a number that was seen before.
    if (claim === undefined || !isAgentId(key) || claim.number <= (before?.number ?? 0)) {
      known.set(key, { server: before?.server ?? '', number: before?.number ?? 0, revision });
      listener.forged(key);
      return;
    }
    known.set(key, { ...claim, revision });
    listener.changed(key, claim.server === '' ? undefined : claim);
  };
  const watch = await inGroup(() =>
    BucketWatch.open(
      link,
      bucket,
      { history: 1, allow_direct: false, ttl: entryTtl },
      {
        heard: ({ key, revision, text }) => hear(key, revision, text),
        whole: () => listener.whole(),
        failed: (error) => listener.failed(error),
      },
    ),
  );
  const write = async (agentId: string, who: string, expected: number | undefined): Promise<number | undefined> => {
    for (let tries = 0; tries < mostTries; tries += 1) {
      await watch.whole();
      const before = known.get(agentId);
      if (expected !== undefined && before?.number !== expected) return undefined;
      const number = (before?.number ?? 0) + 1;
      const text = seal.close([bucket, agentId], JSON.stringify({ server: who, number }));
      const put = await putUnlessOutrun(watch, agentId, text, { lastSubjectSequence: before?.revision ?? 0 });
      if (put.revision !== undefined && known.get(agentId)?.revision === put.revision) return number;
      // An entry that has gone by its age counts for NATS as one that never was.
      if (put.newest === 0 && before !== undefined) known.set(agentId, { ...before, revision: 0 });
    }
    throw unreachable();
  };
  return {
    watch,
    claim: (agentId) =>
      inGroup(async () => {
        const number = await write(agentId, server, undefined);
        if (number === undefined) throw unreachable();
        return number;
      }),
    release: (agentId, number) => inGroup(async () => void (await write(agentId, '', number))),
    close: () => watch.close(),
  };
}
