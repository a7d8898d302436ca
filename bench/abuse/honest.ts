import { createHash } from 'node:crypto';
import { makeRegistrant } from '../../src/controller/testing/registrant.ts';
import { registerRaw } from '../../src/server/testing/raw-agent.ts';
import { openTab } from '../../src/server/testing/tab.ts';
import { type Deed, deeds, type Report } from './report.ts';

/**
 * The honest side, a process of its own: `node honest.ts URL`. Two agents, one of which asks the other, shakes hands with it anew, and
 * reads the directory and the app; somebody who registers. Over IPC it hears `watch`, measures until `report`, and answers with what
 * it saw; `end` ends it.
 */
const [server = ''] = process.argv.slice(2);
const restMs = 60;

const asked = await openTab('honest_helper', [server]);
const asker = await openTab('honest_asker', [server]);
await asker.agent.connect('honest_helper');
// Keys are made before: what is measured is the Controller's part.
const newcomers = await Promise.all(
  Array.from({ length: 16 }, (_, at) => makeRegistrant(`newcomer_${at}`, `${server}/agents/newcomer_${at}`)),
);
let registered = 0;

const work: Readonly<Record<Deed, () => Promise<unknown>>> = {
  request: async () => {
    const { status, error } = await asker.agent.send({ peerId: 'honest_helper', method: 'note', parameters: 'honest' });
    if (status !== 'success') throw new Error(`${error?.code}: ${error?.detail}`);
  },
  handshake: async () => {
    const { sessionId } = await asker.agent.connect('honest_helper');
    await asker.agent.disconnect(sessionId);
  },
  registration: () => {
    const [keys, at] = [newcomers[registered % newcomers.length], registered];
    registered += 1;
    // The same key again is a renewal, with the same work.
    return registerRaw(server, `newcomer_${at % newcomers.length}`, keys);
  },
  directory: async () => read(`${server}/controller/agents/honest_helper`),
  app: async () => read(`${server}/`),
};

async function read(url: string): Promise<string> {
  const response = await fetch(url);
  const body = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) throw new Error(`${response.status}`);
  return createHash('sha256').update(body).digest('hex');
}

let watching: Promise<Report> | undefined;
let isOver = false;

async function watch(): Promise<Report> {
  const times = Object.fromEntries(deeds.map((deed) => [deed, [] as number[]])) as Record<Deed, number[]>;
  const failures: string[] = [];
  for (let round = 0; !isOver; round += 1) {
    for (const deed of deeds) {
      // Two requests for each of the rarer deeds.
      if (isOver) break;
      if (deed === 'registration' && round % 3 !== 0) continue;
      const from = performance.now();
      try {
        await work[deed]();
        times[deed].push(performance.now() - from);
      } catch (cause) {
        failures.push(`${deed}: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }
  return { times, failures };
}

process.on('message', (message) => {
  if (message === 'watch') {
    isOver = false;
    watching = watch();
  } else if (message === 'report') {
    isOver = true;
    void watching?.then((report) => process.send?.(report));
  } else {
    asker.close();
    asked.close();
    process.exit(0);
  }
});
process.send?.('ready');
