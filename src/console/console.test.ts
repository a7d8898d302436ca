import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Agent } from '../agent/agent.ts';
import { Emitter } from '../agent/contracts/emitter.ts';
import type { PeerPage, PeerView } from '../agent/contracts/views.ts';
import { TestWorld } from '../agent/testing/world.ts';
import { consoleOf } from '../cli/console-of.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent, Output } from './agent.ts';
import { complete } from './complete.ts';
import { findPeer, shortName } from './names.ts';
import { runLine } from './run.ts';

let world: TestWorld;
let agent: ConsoleAgent;
let helper: Agent;

/** What a line says, as text. */
async function type(line: string): Promise<string> {
  const said: Output[] = [];
  await runLine(agent, line, (output) => said.push(output));
  return said.map(asText).join('\n');
}

function asText(output: Output): string {
  if ('line' in output) {
    const { level, mark, text } = output.line;
    return [...(level === 'OUT' ? [] : [`[${level}]`]), ...(mark === undefined ? [] : [mark]), text].join(' ');
  }
  return 'table' in output ? output.table.rows.map((row) => row.join(' | ')).join('\n') : '(cleared)';
}

beforeAll(async () => {
  world = await TestWorld.create();
  const pair = await world.pair();
  helper = pair.helper;
  agent = consoleOf({ agent: pair.traveller, address: 'https://localhost:5000' }, 'traveller_agent_001', new Emitter());
});

describe('commands do what the buttons do', () => {
  test('connect, send, sessions, status, trace, disconnect', async () => {
    expect(await type('sessions')).toBe('[INFO] No sessions yet. connect <peer> makes one.');
    const connected = await type('connect helper https://localhost:5001');
    expect(connected).toContain('[INFO] ✓ Certificate verified');
    expect(connected).toMatch(
      /\[INFO\] ✓ Session established with helper_agent_001: [0-9a-f]{8} · [\d.]+ ms · keys [0-9a-f:]{11}$/,
    );
    expect(await type('send helper "Hello Helper!"')).toContain('Hello Traveller! Request received: Hello Helper!');
    expect(await type('send helper echo \'{"a": [1, 2]}\'')).toContain('{"a":[1,2]}');
    expect(await type('sessions')).toMatch(/^[0-9a-f]{8} \| helper_agent_001 \| ESTABLISHED \| 2 \| 2$/);
    const id = agent.sessions()[0]?.sessionId ?? '';
    expect(await type(`status ${id.slice(0, 6)}`)).toContain(id);
    expect(await type('trace')).toContain('→ Sent CLIENT_HELLO');
    expect(await type('rekey helper')).toContain('Epoch 1 begun with helper_agent_001, keys ');
    expect(await type('rekey helper')).toContain('Epoch 2 begun');
    expect(await type('send helper "after the update"')).toContain('after the update');
    expect(await type('disconnect helper')).toContain('closed, its keys erased');
    expect(await type('sessions')).toContain('CLOSED');
  });

  test('verify shows the number and marks on yes', async () => {
    const shown = await type('verify helper');
    expect(shown.split('\n').slice(0, 3).join(' ').replaceAll(' ', '')).toMatch(/^\d{60}$/);
    expect(shown).toContain('is not verified');
    expect(await type('verify helper yes')).toContain('✓ helper_agent_001 is marked as verified');
    expect(await type('peers')).toContain('helper_agent_001 | https://localhost:5001 | online | verified');
  });

  test('history, search, status', async () => {
    expect(await type('history')).toMatch(/^helper_agent_001 \| \d+ \| \d+ \| 20/);
    const shown = await type('history helper 2');
    expect(shown).toContain('[INFO] Older ones are stored too');
    expect(shown).toContain('traveller_agent_001: “after the update”');
    expect(shown).toContain('helper_agent_001: “Hello Traveller! Request received: after the update”');
    expect(await type('search after the upd')).toContain('[INFO] 1 found');
    expect(await type('search nowhere')).toBe('[INFO] No stored exchange has “nowhere”.');
    expect(await type('history helper 201')).toContain('is not a number from 1 to 200');
    expect(await type('status')).toContain('answers | by itself');
    expect(await type('status helper')).toContain('state | online');
    expect(await type('status nobody')).toContain('no agent called “nobody”');
  });

  test('requests wait for a person, who answers or refuses them', async () => {
    expect(await type('requests')).toContain('No request waits for your answer. This agent answers by itself');
    expect(await type('answer helper "too early"')).toContain('No request of helper_agent_001 waits');
    expect(await type('answering me')).toContain('You answer: requests wait.');
    const send = (query: string) =>
      helper.send({ peerId: 'traveller_agent_001', method: 'send_request', parameters: { query } });
    const asked = send('What of the drawbridge?');
    await vi.waitUntil(() => agent.exchanges().some(({ status }) => status === 'held'), { timeout: 20_000 });
    expect(await type('requests')).toContain('helper_agent_001 | “What of the drawbridge?” | 20');
    expect(await type('answer helper It is lowered.')).toContain('✓ helper_agent_001 has your answer');
    expect(await asked).toMatchObject({ status: 'success', result: { response: 'It is lowered.' } });
    const again = send('And now?');
    await vi.waitUntil(() => agent.exchanges().some(({ status }) => status === 'held'), { timeout: 20_000 });
    expect(await type('refuse helper Not today.')).toContain('is refused');
    expect(await again).toMatchObject({ status: 'error', error: { detail: 'Not today.' } });
    expect(await type('answering itself')).toContain('by itself');
    expect(await type('answering nobody')).toContain('“nobody” cannot answer');
  });

  test('whoami, help, clear', async () => {
    expect(await type('whoami')).toContain('https://localhost:5000');
    expect(await type('help')).toContain('send <peer> "text"');
    expect(await type('help connect')).toContain('Opens a session');
    expect(await type('clear')).toBe('(cleared)');
  });
});

describe('errors say what to do', () => {
  test.each([
    ['conect helper', 'Did you mean connect?'],
    ['xyzzy', 'Type help to see them all'],
    ['connect', 'This needs a peer: connect <peer> [address]'],
    ['connect nobody', 'Type peers to list them'],
    ['connect helper https://localhost:6666', 'The directory has helper_agent_001 at https://localhost:5001'],
    ['send helper', 'This needs what to send'],
    ['send helper echo {a}', 'Put it in single quotes'],
    ['send helper "Hello', 'is not closed'],
    ['status ffff', 'Type sessions to see them'],
    ['status cafe_nobody', 'no agent called “cafe_nobody”'],
    ['send helper no_such_method 1', 'unknown_method'],
  ])('%s', async (line, says) => {
    expect(await type(line)).toMatch(/^\[(ERROR|INFO)\]/);
    expect(await type(line)).toContain(says);
  });

  test('an empty line says nothing', async () => {
    expect(await type('   ')).toBe('');
  });
});

describe('names', () => {
  const peer = (agentId: string, online = true) =>
    ({ agentId, address: '', status: 'active', online, signingFingerprint: '', verification: 'unverified' }) as const;

  test.each([
    ['traveller_agent_001', 'traveller_1'],
    ['helper_agent_012', 'helper_12'],
    ['weather_bot', 'weather_bot'],
  ])('%s is %s in short', (id, short) => {
    expect(shortName(id)).toBe(short);
  });

  /** A directory that counts what it is asked for. */
  function directoryOf(...peers: readonly PeerView[]) {
    const asked: string[] = [];
    const inOrder = peers.toSorted((one, other) => (one.agentId < other.agentId ? -1 : 1));
    return {
      asked,
      peer: async (agentId: string) => {
        asked.push(agentId);
        const found = peers.find((one) => one.agentId === agentId);
        if (found === undefined) throw new ParleyError('unknown_agent', 'none');
        return found;
      },
      peers: async ({ after = '', limit = 100 }: PeerPage = {}) => {
        asked.push(`after ${after}`);
        return inOrder.filter(({ agentId }) => agentId > after).slice(0, limit);
      },
    };
  }

  test('the only one online is meant', async () => {
    const directory = directoryOf(peer('helper_agent_001', false), peer('helper_agent_002'), peer('other_agent'));
    expect((await findPeer(directory, 'helper')).agentId).toBe('helper_agent_002');
  });

  test('two that are online have to be told apart', async () => {
    const directory = directoryOf(peer('helper_agent_001'), peer('helper_agent_002'));
    await expect(findPeer(directory, 'helper')).rejects.toThrow(/any of helper_agent_001, helper_agent_002/);
  });

  test('the only one online of those looked at is not meant when there may be others', async () => {
    const crowd = Array.from({ length: 80 }, (_, at) => peer(`helper_${100 + at}`, at === 7 || at === 70));
    await expect(findPeer(directoryOf(...crowd), 'helper')).rejects.toThrow(
      /any of helper_100, .* and more\. Type more/,
    );
    expect((await findPeer(directoryOf(...crowd), 'helper_10')).agentId).toBe('helper_107');
  });

  test.each(['helper_agent_001', 'helper_1'])(
    'a whole name, %s, is looked up by itself in any directory',
    async (word) => {
      const crowd = Array.from({ length: 2_000 }, (_, i) => peer(`crowd_${i}`));
      const directory = directoryOf(...crowd, peer('helper_agent_001'), peer('helper_agent_0012'));
      expect((await findPeer(directory, word)).agentId).toBe('helper_agent_001');
      expect(directory.asked.every((asked) => !asked.startsWith('after'))).toBe(true);
      await expect(findPeer(directory, 'Nobody!')).rejects.toThrow(/no agent called/);
    },
  );
});

test('the audit trail is shown with its head, and checked', async () => {
  const shown = await type('audit');
  expect(shown).toMatch(/shook hands with/i);
  expect(shown).toMatch(/entries, head [0-9a-f]{64}/);
  expect(await type('audit verify')).toMatch(/All \d+ entries hold\./);
  expect(await type('audit all')).toContain('is not an option of audit');
});

describe('completion', () => {
  const known = {
    peers: ['helper_agent_001', 'weather_bot'],
    sessions: ['a1b2c3d4e5', 'a1ffc3d4e5'],
    groups: [
      { groupId: 'ab'.repeat(16), name: 'Harbour' },
      { groupId: 'cd'.repeat(16), name: 'Two words' },
    ],
    invitations: [{ groupId: 'ef'.repeat(16), name: 'Quay' }],
  };
  test.each([
    ['con', 'connect ', []],
    ['s', 's', ['send', 'stop', 'search', 'sessions', 'status']],
    ['connect we', 'connect weather_bot ', []],
    ['send h', 'send helper_', ['helper_1', 'helper_agent_001']],
    ['status a', 'status a1', ['a1b2c3d4', 'a1ffc3d4']],
    ['help wh', 'help whoami ', []],
    ['send helper_1 x', 'send helper_1 x', []],
    ['nothing h', 'nothing h', []],
    ['group in', 'group invit', ['invite', 'invitations']],
    ['group send H', 'group send Harbour ', []],
    ['group send c', 'group send cdcdcdcd ', []],
    ['group accept ', 'group accept Quay ', []],
    ['group remove Harbour helper_1 we', 'group remove Harbour helper_1 weather_bot ', []],
    ['group rename Harbour H', 'group rename Harbour H', []],
  ])('%j', (line, completed, candidates) => {
    expect(complete(line, known)).toEqual({ line: completed, candidates });
  });
});
