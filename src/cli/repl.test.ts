import { PassThrough } from 'node:stream';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Agent } from '../agent/agent.ts';
import { Emitter } from '../agent/contracts/emitter.ts';
import { TestWorld } from '../agent/testing/world.ts';
import type { ConsoleAgent } from '../console/agent.ts';
import { consoleOf } from './console-of.ts';
import { EventTeller } from './event-teller.ts';
import { runRepl } from './repl.ts';
import { Screen } from './screen.ts';

/** What a person types or sees is there at once; the bound is for a loaded machine. */
const patience = { timeout: 20_000 };

let helper: Agent;
let console_: ConsoleAgent;
let input: PassThrough;
let shown: string;
let stored: readonly string[];
let screen: Screen;
let ended: Promise<void>;

beforeAll(async () => {
  const { traveller, helper: other } = await (await TestWorld.create()).pair();
  helper = other;
  console_ = consoleOf({ agent: traveller, address: 'https://localhost:5000' }, 'traveller_agent_001', new Emitter());
});

beforeEach(() => {
  input = new PassThrough();
  const output = new PassThrough();
  shown = '';
  stored = [];
  output.on('data', (chunk) => {
    shown += String(chunk);
  });
  const terminal = { input, output, isInteractive: true };
  screen = new Screen(terminal);
  const memory = {
    lines: ['whoami'],
    store: async (lines: readonly string[]) => {
      stored = lines;
    },
  };
  ended = runRepl(console_, terminal, screen, memory, new AbortController().signal);
});

const seen = (text: string) => vi.waitUntil(() => shown.includes(text), patience);
const ctrlC = '\u0003';
const up = '\u001b[A';

describe('at a terminal', () => {
  test('the first Ctrl-C empties the line, and two on an empty line end the console', async () => {
    input.write('send nobody "half a thought');
    await seen('half a thought');
    input.write(ctrlC);
    input.write('help whoami\n');
    await seen('Shows this agent');
    expect(shown).not.toContain('is not closed');
    input.write(ctrlC);
    await seen('Press Ctrl-C again, or type quit');
    input.write('whoami\n');
    await seen('pinned CA');
    shown = '';
    input.write(ctrlC);
    await seen('Press Ctrl-C again');
    input.write(ctrlC);
    await ended;
  });

  test('arrow up brings the lines of an earlier run, and those of this one are stored', async () => {
    input.write(`${up}\n`);
    await seen('pinned CA');
    input.write('help clear\n');
    await seen('Clears this console');
    await vi.waitUntil(() => stored.length === 2, patience);
    expect(stored).toEqual(['help clear', 'whoami']);
    input.write('quit\n');
    await ended;
  });

  test('a line of the agent appears above what is being typed, which stays', async () => {
    input.write('help wh');
    await seen('help wh');
    shown = '';
    screen.tell('INFO', 'something\u001b[2J happened');
    await seen('[INFO] something\\u001b[2J happened');
    await seen('traveller_agent_001> help wh');
    input.write('oami\n');
    await seen('Shows this agent');
    input.write('quit\n');
    await ended;
  });
});

test('requests are told with their words to a person, and without them to a log', async () => {
  const person = new EventTeller(screen, 'traveller_agent_001');
  const log = new PassThrough();
  let logged = '';
  log.on('data', (chunk) => {
    logged += String(chunk);
  });
  const service = new EventTeller(new Screen({ output: log, isInteractive: false }), 'traveller_agent_001');
  await helper.send({ peerId: 'traveller_agent_001', method: 'send_request', parameters: { query: 'the drawbridge' } });
  for (const exchange of console_.exchanges()) {
    for (const teller of [person, service]) {
      teller.tell({ type: 'exchange', exchange });
      teller.tell({ type: 'exchange', exchange });
    }
  }
  await seen('helper_agent_001 asked “the drawbridge”: “Hello Helper! Request received: the drawbridge”');
  expect(logged).toBe('[INFO] helper_agent_001 asked send_request: success\n');
  input.write('quit\n');
  await ended;
});
