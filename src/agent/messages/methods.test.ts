import { expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { type HandlerFailure, MethodRegistry, type RequestInfo } from './methods.ts';
import { Refusal } from './refusal.ts';

const asked: RequestInfo = {
  peerId: 'peer_agent_001',
  requestId: 'req_1',
  self: 'own_agent_001',
  now: 0,
  signal: new AbortController().signal,
};

/** Runs a handler; what the peer is told, and what its own side. */
async function run(handler: () => unknown, info = asked) {
  const told: HandlerFailure[] = [];
  const methods = new MethodRegistry((failure) => told.push(failure));
  methods.register('odd', handler);
  const answer = await methods.run('odd', null, info).catch((error: unknown) => error);
  return { answer, told };
}

test('what a handler throws reaches its own side as it is, and the peer without its text', async () => {
  const thrown = new TypeError('a secret of the handler');
  const { answer, told } = await run(() => {
    throw thrown;
  });
  expect(answer).toMatchObject({ code: 'handler_failed', detail: expect.not.stringContaining('secret') });
  expect(told).toEqual([{ error: thrown, method: 'odd', peerId: 'peer_agent_001', requestId: 'req_1' }]);
  expect(told[0]?.error).toBe(thrown);
});

test('a result that JSON cannot hold is told to its own side with its path', async () => {
  const { answer, told } = await run(async () => ({ items: [{ when: new Date(0) }] }));
  expect(answer).toMatchObject({ code: 'handler_failed', detail: expect.not.stringContaining('when') });
  expect(told).toMatchObject([
    { error: { code: 'invalid_input', detail: expect.stringContaining('result.items[0].when') } },
  ]);
});

test('a refusal is meant for the peer, and what was aborted has not failed', async () => {
  const refused = await run(() => {
    throw new Refusal('too_late', 'The shop is closed.');
  });
  expect(refused).toMatchObject({ answer: { code: 'too_late' }, told: [] });
  const stopped = AbortSignal.abort();
  const aborted = await run(() => Promise.reject(stopped.reason), { ...asked, signal: stopped });
  expect(aborted.told).toEqual([]);
  const late = AbortSignal.abort(new ParleyError('answer_timeout', 'The handler did not answer within 80 s.'));
  const ended = await run(() => Promise.reject(late.reason), { ...asked, signal: late });
  expect(ended.told).toEqual([]);
  const other = await run(() => Promise.reject(new RangeError('of its own')), { ...asked, signal: late });
  expect(other.told).toMatchObject([{ error: { message: 'of its own' } }]);
  const notAborted = await run(() => Promise.reject(stopped.reason));
  expect(notAborted.told).toHaveLength(1);
});
