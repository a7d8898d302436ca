import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../server/testing/server.ts';

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-process-'));
  server = await startTestServer();
});
afterAll(async () => {
  await server?.end();
  await rm(folder, { recursive: true });
});

/** Runs a program in a process of its own until it ends by itself. `open(id, options)` is `Agent.open` there. */
async function run(program: string, flags: readonly string[] = []) {
  const from = (path: string) => pathToFileURL(join(process.cwd(), 'src', path)).href;
  const begin = `
    import { Agent } from '${from('library/node.ts')}';
    const open = (id, options) => Agent.open({ id, server: '${server.url}', folder: '${folder}/' + id, ...options });
    const load = (path) => import('${from('')}/' + path);`;
  const child = spawn(process.execPath, [...flags, '--input-type=module', '-e', begin + program], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { printed: printed.trim().split('\n'), complaints, code };
}

test('a process ends although an agent is open, when it was told so, and says nothing of ML-KEM', async () => {
  const { printed, complaints, code } = await run(`
    const methods = { echo: (parameters) => parameters };
    await open('open_host_001', { methods, unref: true });
    const guest = await open('open_guest_001', { reachable: false, unref: true });
    console.log(await guest.send('open_host_001', 'echo', 'answered'));
    process.emitWarning('This program does that.', 'ExperimentalWarning');
    process.once('beforeExit', () => console.log('nothing is left'));`);
  expect(printed).toEqual(['answered', 'nothing is left']);
  expect(complaints).toContain('This program does that.');
  expect(complaints.match(/ExperimentalWarning:/g)).toHaveLength(1);
  expect(complaints).not.toContain('ML-KEM');
  expect(code).toBe(0);
});

test('an agent keeps the process alive until it is closed, or was told not to', async () => {
  const { printed, complaints, code } = await run(`
    // A timer that keeps nothing alive runs only while something else does.
    const later = () => new Promise((resolve) => setTimeout(resolve, 20).unref());
    const agent = await open('open_host_001');
    await later();
    console.log('held by default');
    agent.unref();
    process.once('beforeExit', async () => {
      console.log('not held');
      agent.ref();
      await later();
      console.log('held again');
      await agent.close();
      process.once('beforeExit', () => console.log('not held after close'));
    });`);
  expect(printed).toEqual(['held by default', 'not held', 'held again', 'not held after close']);
  expect(complaints).toBe('');
  expect(code).toBe(0);
});

test('an agent that is closed gives its memory back, also to a program that keeps the agent', async () => {
  const { printed, complaints } = await run(
    `
    import { queryObjects } from 'node:v8';
    const { Agent: Engine } = await load('agent/agent.ts');
    const { ActivityLog } = await load('agent/state/activity-log.ts');
    const { RelaySocket } = await load('relay/client/relay-socket.ts');
    process.emitWarning = () => undefined;
    const closed = [];
    for (let times = 0; times < 5; times++) {
      const agent = await open('open_host_001');
      await agent.send('open_guest_001', 'echo', 1, { timeout: 1 }).catch(() => undefined);
      await agent.close();
      closed.push(agent);
    }
    // A request that was under way may end a moment later. Counting collects garbage first.
    for (let tries = 0; tries < 60 && queryObjects(Engine) > 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const alive = () => [Engine, ActivityLog, RelaySocket].map((part) => part.name + ' ' + queryObjects(part));
    console.log(alive().join('\\n'));
    console.log('closed ' + closed.length);`,
  );
  expect(complaints).toBe('');
  expect(printed).toEqual(['Agent 0', 'ActivityLog 0', 'RelaySocket 0', 'closed 5']);
});
