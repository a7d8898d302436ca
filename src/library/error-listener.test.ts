import { afterEach, expect, test, vi } from 'vitest';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { reporting, telling } from './error-listener.ts';

const context = { source: 'handler', method: 'greet', peerId: 'peer_agent_001', requestId: 'req_1' } as const;
const broken = new TypeError('It broke.');
const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
afterEach(() => printed.mockClear());

test('without a listener the console is told, with the error itself', () => {
  reporting()(broken, context);
  expect(printed).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('“greet”'), broken);
});

test('a listener gets the error and where it is from, and the console nothing', () => {
  const heard = vi.fn();
  reporting(heard)(broken, context);
  expect(heard).toHaveBeenCalledExactlyOnceWith(broken, context);
  expect(printed).not.toHaveBeenCalled();
});

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw broken;
    },
  ],
  ['rejects', () => Promise.reject(broken)],
])('a listener that %s ends nothing: the console is told', async (_, listener) => {
  const other = new Error('Of the handler.');
  reporting(listener)(other, context);
  await vi.waitUntil(() => printed.mock.calls.length === 2);
  expect(printed.mock.calls.flat()).toEqual(expect.arrayContaining([other, broken]));
});

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw broken;
    },
  ],
  ['rejects', () => Promise.reject(broken)],
])('an onEvent that %s is told to onError', async (_, onEvent) => {
  const heard = vi.fn();
  telling(onEvent, heard, ({ type }: AgentEvent) => ({ source: 'onEvent', event: type }))({ type: 'directory' });
  await vi.waitUntil(() => heard.mock.calls.length === 1);
  expect(heard).toHaveBeenCalledWith(broken, { source: 'onEvent', event: 'directory' });
});
