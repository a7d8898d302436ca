import { expect, test } from 'vitest';
import type { BodyView } from '../agent/contracts/body-views.ts';
import { Emitter } from '../agent/contracts/emitter.ts';
import type { ExchangeView } from '../agent/contracts/views.ts';
import type { ConsoleAgent, Output } from './agent.ts';
import { untilAnswerEnds } from './follow-answer.ts';
import { stop } from './request-commands.ts';
import { isUrgent } from './run.ts';

const body: BodyView = { kind: 'stream', mediaType: 'text/plain', state: 'open' };
const answered: ExchangeView = {
  requestId: 'req_1',
  sessionId: 's',
  peerId: 'helper_agent_001',
  direction: 'outgoing',
  method: 'tell',
  parameters: null,
  at: 0,
  status: 'success',
  answer: body,
};

/** An answer that is followed, and what is told of it. */
function followed() {
  const changed = new Emitter<undefined>();
  const told: string[] = [];
  let now: readonly ExchangeView[] = [];
  const exchanges = { exchanges: () => now, onChange: (listener: () => void) => changed.follow(listener) };
  const over = untilAnswerEnds(exchanges, answered, (line) => told.push(line));
  const put = (change: Partial<BodyView> | undefined) => {
    now = change === undefined ? [] : [{ ...answered, answer: { ...body, ...change } }];
    changed.emit(undefined);
  };
  return { told, put, over };
}

test('each line is told once it is complete, and the rest at the end', async () => {
  const { told, put, over } = followed();
  put({ text: 'one' });
  put({ text: 'one two\nth' });
  expect(told).toEqual(['one two']);
  put({ text: 'one two\n\nthree' });
  put({ text: 'one two\n\nthree', state: 'whole', size: 14 });
  expect((await over).answer).toMatchObject({ state: 'whole', size: 14 });
  expect(told).toEqual(['one two', '', 'three']);
});

test('of a long text 200 lines are told', async () => {
  const { told, put, over } = followed();
  const lines = Array.from({ length: 300 }, (_, at) => `${at}\n`);
  put({ text: lines.slice(0, 150).join('') });
  put({ text: lines.join(''), state: 'stopped' });
  expect((await over).answer?.state).toBe('stopped');
  expect(told).toHaveLength(201);
  expect(told.at(-1)).toContain('The conversation shows more');
});

test('one whose exchange is deleted is over', async () => {
  const { put, over } = followed();
  put({ text: 'one\n' });
  put(undefined);
  await over;
});

test('stop ends the newest request that is under way, and says so when there is none', async () => {
  const cancelled: string[] = [];
  const said: Output[] = [];
  const agentWith = (exchanges: readonly ExchangeView[]): Pick<ConsoleAgent, 'exchanges' | 'cancel'> => ({
    exchanges: () => exchanges,
    cancel: async (_peerId, requestId) => void cancelled.push(requestId),
  });
  const whole = { ...answered, requestId: 'over', answer: { ...body, state: 'whole' } } as const;
  const waits = { ...answered, requestId: 'waits', status: 'pending', waiting: { for: 'answer', until: 1 } } as const;
  const run = (...exchanges: readonly ExchangeView[]) =>
    // Without a peer it asks the agent for nothing else.
    stop.run(Object.assign(Object.create(null), agentWith(exchanges)), [], (output) => said.push(output));
  await run(answered, whole);
  await run(answered, waits, whole);
  await run(whole, { ...answered, direction: 'incoming' });
  expect(cancelled).toEqual(['req_1', 'waits']);
  expect(said.at(-1)).toMatchObject({ line: { text: 'No request is under way.' } });
});

test('stop alone runs beside another command', () => {
  expect(['stop', ' stop helper', 'stopwatch', 'send helper stop'].map(isUrgent)).toEqual([true, true, false, false]);
});
