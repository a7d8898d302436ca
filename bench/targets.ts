import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RelayedStream } from './load/relayed-stream.ts';
import type { Row } from './measure.ts';
import type { StreamRow } from './streams/suite.ts';

/** At most so many times the raw operations. */
const most: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  handshake: { Chromium: 1.1, Node: 1.1 },
  resumption: { Chromium: 1.3, Node: 1.3 },
  '256 B, JSON': { Chromium: 1.25, Node: 1.3 },
  '256 B, binary': { Chromium: 1.25, Node: 1.3 },
  '64 KiB beside JSON, binary': { Chromium: 1.3, Node: 1.3 },
};
/** At least this part of the throughput of its raw operations. */
export const leastShare = 0.7;
/** The server's processor time for a relayed round trip, at most so many times that of a bare echo. */
export const mostRelayed = 2.5;

/** Returns the ratio of a row with what it may be at most. */
export function ratioText({ name, runtime, ratio }: Row): string {
  const target = most[name]?.[runtime];
  return target === undefined
    ? ratio.toFixed(2)
    : `${ratio.toFixed(2)} (at most ${target}${ratio > target ? ', missed' : ''})`;
}

/** What one run has measured of messages, streams and the relay. */
export interface Costs {
  readonly rows: readonly Row[];
  readonly streams: readonly StreamRow[];
  readonly relayed: RelayedStream | undefined;
}

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const region = /(?<=<!-- begin: messages -->\n)[\s\S]*(?=<!-- end: messages -->)/;

/** Writes the tables of messages and streams into docs/performance.md. */
export async function writeCosts(costs: Costs): Promise<void> {
  const text = await readFile(page, 'utf8');
  if (!region.test(text)) throw new Error('docs/performance.md has no place for the tables of messages.');
  await writeFile(page, text.replace(region, `\n${tablesOf(costs)}\n`));
}

function tablesOf({ rows, streams, relayed }: Costs): string {
  const lines = ['| work | runtime | µs | raw, µs | ratio |', '| --- | --- | --- | --- | --- |'];
  for (const row of rows) {
    lines.push(`| ${row.name} | ${row.runtime} | ${row.median} | ${row.floor} | ${ratioText(row)} |`);
  }
  for (const { runtime, mebibytes, perSecond, rawPerSecond, share } of streams) {
    lines.push(
      '',
      `${runtime}: a stream of ${mebibytes} MiB in memory goes at ${perSecond.toFixed(0)} MiB/s, its raw operations at ${rawPerSecond.toFixed(0)}: ${share.toFixed(2)} (at least ${leastShare}).`,
    );
  }
  if (relayed !== undefined) lines.push('', relayedText(relayed));
  return `${lines.join('\n')}\n`;
}

/** Returns what a stream over the relay takes beside the same bytes over a bare WebSocket. */
export function relayedText({ mebibytes, stream, bare }: RelayedStream): string {
  return `Over a server, ${mebibytes} MiB go at ${stream.perSecond.toFixed(0)} MiB/s as a stream between two agents, with ${stream.serverMs.toFixed(1)} ms of the server’s processor for each MiB; over a bare WebSocket through it at ${bare.perSecond.toFixed(0)} MiB/s, with ${bare.serverMs.toFixed(1)} ms.`;
}
