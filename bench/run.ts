import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchInChromium } from './chromium.ts';
import { benchGroupsInChromium } from './groups/chromium.ts';
import { benchGroupsInNode } from './groups/node.ts';
import { printed as printedGroups, printedTalk } from './groups/printed.ts';
import { writeReport } from './groups/report.ts';
import { benchGroupTalk } from './groups/talk.ts';
import { benchHistoryInChromium } from './history/chromium.ts';
import { measureLeak } from './history/leak.ts';
import { benchHistoryInNode } from './history/node.ts';
import { benchRelay } from './load/relay.ts';
import { benchRelayedStream, type RelayedStream } from './load/relayed-stream.ts';
import type { Row } from './measure.ts';
import { runMessages } from './messages/suite.ts';
import { benchMlsInChromium } from './mls/chromium.ts';
import { printed } from './mls/printed.ts';
import { benchMls } from './mls/suite.ts';
import { benchSessionsInChromium } from './sessions/chromium.ts';
import { benchSessionsInNode } from './sessions/node.ts';
import { benchStreamInChromium } from './streams/chromium.ts';
import { runStream, type StreamRow } from './streams/suite.ts';
import { runSuite } from './suite.ts';
import { leastShare, mostRelayed, ratioText, relayedText, writeCosts } from './targets.ts';
import { benchTrafficList } from './traffic.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    members: { type: 'string' },
    docs: { type: 'boolean' },
  },
});

/** What goes into the tables of messages and streams. */
const costs: { rows: Row[]; streams: StreamRow[]; relayed: RelayedStream | undefined } = {
  rows: [],
  streams: [],
  relayed: undefined,
};

const parts = {
  handshake: benchProtocol,
  message: benchMessages,
  stream: benchStreams,
  list: benchList,
  relay: benchLoad,
  history: benchHistory,
  leak: benchLeak,
  sessions: benchSessions,
  mls: benchLibrary,
  groups: benchGroups,
};

/** Handshakes over the raw cryptography that they cannot do without. */
function benchProtocol() {
  return benchOverFloor([() => benchInChromium('index.html'), () => runSuite('Node')]);
}

/** Messages over the raw cryptography that they cannot do without. */
function benchMessages() {
  return benchOverFloor([() => benchInChromium('messages.html'), () => runMessages('Node')]);
}

/** A stream of 64 MiB between two agents in memory beside its raw operations alone. */
async function benchStreams() {
  const rows: StreamRow[] = [];
  for (const bench of [benchStreamInChromium, () => runStream('Node')]) {
    const row = await bench();
    rows.push(row);
    costs.streams.push(row);
    const { runtime, mebibytes, perSecond, rawPerSecond, share } = row;
    console.log(
      `${runtime.padEnd(10)}${mebibytes} MiB in memory ${perSecond.toFixed(0).padStart(5)} MiB/s   raw ${rawPerSecond.toFixed(0).padStart(5)} MiB/s   share ${share.toFixed(2)} (at least ${leastShare})`,
    );
  }
  return rows;
}

async function benchOverFloor(benches: readonly (() => Promise<readonly Row[]>)[]) {
  console.log('Times in microseconds. The floor is the raw cryptographic operations alone, in the same process.');
  const rows: Row[] = [];
  for (const bench of benches) {
    const found = await bench();
    rows.push(...found);
    costs.rows.push(...found);
    for (const row of found) {
      const { name, runtime, median, floor } = row;
      console.log(
        `${runtime.padEnd(10)}${name.padEnd(28)}${String(median).padStart(9)} µs   floor ${String(floor).padStart(9)} µs   ratio ${ratioText(row)}`,
      );
    }
  }
  return rows;
}

async function benchList() {
  const list = await benchTrafficList();
  console.log('The traffic list with 10,000 messages in Chromium: milliseconds between frames.');
  for (const name of ['scrolling', 'filtering', 'arriving'] as const) {
    const { median, p95 } = list[name];
    console.log(`${name.padEnd(12)}median ${median.toFixed(1).padStart(5)} ms   95% ${p95.toFixed(1).padStart(5)} ms`);
  }
  console.log(`JavaScript heap of the page ${list.megabytes.toFixed(0)} MB`);
  return list;
}

async function benchLoad() {
  const load = await benchRelay();
  const { agents, connectedPerSecond, bytesPerAgent, bodyBytes } = load;
  console.log(
    `A server with ${agents} agents connected; ${Math.round(connectedPerSecond)} a second came in, ${(bytesPerAgent / 1024).toFixed(1)} KiB of memory each.`,
  );
  console.log(`Round trips of ${bodyBytes} bytes through the relay to an agent, and through a bare echo beside it.`);
  for (const { atOnce, relayed, echo } of load.rows) {
    for (const [name, { perSecond, p50, p99, failed, serverMicroseconds }] of Object.entries({ relayed, echo })) {
      console.log(
        `${String(atOnce).padStart(3)} at once  ${name.padEnd(8)}${String(Math.round(perSecond)).padStart(7)}/s   p50 ${p50.toFixed(2).padStart(6)} ms   p99 ${p99.toFixed(2).padStart(6)} ms   server ${String(Math.round(serverMicroseconds)).padStart(4)} µs each   failed ${failed}`,
      );
    }
  }
  const [one] = load.rows;
  const relays = one === undefined ? Number.NaN : one.relayed.serverMicroseconds / one.echo.serverMicroseconds;
  console.log(
    `The server’s processor time of a round trip over that of an echo: ${relays.toFixed(2)} (at most ${mostRelayed})`,
  );
  const stream = await benchRelayedStream();
  console.log(relayedText(stream));
  costs.relayed = stream;
  return { ...load, stream };
}

async function benchHistory() {
  const found = [];
  for (const bench of [benchHistoryInChromium, benchHistoryInNode]) {
    for (const row of await bench()) {
      found.push(row);
      const { runtime, messages, append, appendWithoutIndex, appendFloor, keepRequest } = row;
      const { indexBytesPerMessage, firstSearch, withoutIndex } = row;
      console.log(
        `${runtime}, ${messages} messages: each kept in ${append.toFixed(2)} ms, without the index ${appendWithoutIndex.toFixed(2)} ms, raw AES-GCM ${appendFloor.toFixed(3)} ms; a request alone, durably, ${keepRequest.toFixed(2)} ms; index ${Math.round(indexBytesPerMessage)} bytes a message.`,
      );
      for (const [what, { found: total, ms }] of Object.entries(row.search)) {
        console.log(`  ${what.padEnd(16)}${String(total).padStart(7)} found${ms.toFixed(1).padStart(9)} ms`);
      }
      console.log(
        `  the first search after opening ${firstSearch.toFixed(1)} ms; decrypting everything instead ${withoutIndex.toFixed(0)} ms`,
      );
    }
  }
  return found;
}

async function benchLeak() {
  const found = await measureLeak();
  const percent = (share: number) => `${(100 * share).toFixed(1).padStart(5)} %`;
  for (const { index, knows, tokens, tokensOfRecord, byFrequency, byPrefixes } of found) {
    console.log(
      `Index ${index}: ${tokens} tokens, ${tokensOfRecord.toFixed(0)} a message. The attacker knows ${knows}.`,
    );
    for (const [attack, named] of Object.entries({ 'by frequency': byFrequency, 'by prefixes': byPrefixes })) {
      console.log(`  ${attack.padEnd(14)}${percent(named.ofTokens)} of the tokens${percent(named.ofText)} of the text`);
    }
  }
  return found;
}

async function benchSessions() {
  const rows = [];
  for (const bench of [benchSessionsInChromium, benchSessionsInNode]) {
    const row = await bench();
    rows.push(row);
    const { runtime, sessions, bytesPerSession, requests, msPerRequest, bytesPerRequest, diskPerRequest } = row;
    const { from, to, peers } = sessions;
    console.log(
      `${runtime}: a session takes ${Math.round(bytesPerSession)} bytes of heap and buffers, collected: the mean of those from ${from} to ${to} open ones, of ${peers} peers.`,
    );
    const disk = diskPerRequest === undefined ? '' : `, and ${Math.round(diskPerRequest)} bytes on disk`;
    console.log(
      `  each of ${requests} requests takes ${msPerRequest.toFixed(1)} ms, ${Math.round(bytesPerRequest)} bytes of memory${disk}`,
    );
    console.log(
      `  ${row.auditEntries} entries of the audit trail are checked in ${Math.round(row.verify)} ms, again in ${Math.round(row.verifyAgain)} ms`,
    );
  }
  return rows;
}

async function benchLibrary() {
  const found = [];
  for (const bench of [() => benchMls('Node'), benchMlsInChromium]) {
    const rows = await bench();
    found.push(...rows);
    for (const line of printed(rows)) console.log(line);
  }
  return found;
}

async function benchGroups() {
  const rows = [];
  const upTo = Number(values.members ?? 256);
  for (const bench of [benchGroupsInNode, benchGroupsInChromium]) {
    const found = await bench(upTo);
    rows.push(...found);
    for (const line of printedGroups(found)) console.log(line);
  }
  const talk = await benchGroupTalk(upTo);
  for (const line of printedTalk(talk)) console.log(line);
  if (values.docs === true) await writeReport({ rows, talk });
  return { rows, talk };
}

const found: Record<string, unknown> = {};
for (const [name, bench] of Object.entries(parts)) {
  if (values.only === undefined || values.only.split(',').includes(name)) found[name] = await bench();
}
if (values.docs === true && costs.rows.length > 0) await writeCosts(costs);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(found, null, 2)}\n`);
