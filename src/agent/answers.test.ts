import { expect, test } from 'vitest';
import { Answers } from './answers.ts';

const large = (size: number) => async () => ({ result: 'x'.repeat(size) });

test('a request runs once for an hour', async () => {
  let now = 0;
  let runs = 0;
  const answers = new Answers(() => now);
  const run = async () => ({ result: ++runs });
  expect(await answers.once('one', run)).toEqual({ result: 1 });
  now = 3_600_000;
  expect(await answers.once('one', run)).toEqual({ result: 1 });
  now += 1;
  expect(await answers.once('one', run)).toEqual({ result: 2 });
});

test('large answers make room for younger ones, and their requests still do not run again', async () => {
  const answers = new Answers(() => 0);
  await answers.once('first', large(20 * 1024 * 1024));
  await answers.once('small', large(10));
  await answers.once('second', large(20 * 1024 * 1024));
  await Promise.resolve();
  expect(() => answers.once('first', () => expect.unreachable('it ran again'))).toThrow(/handler_failed/);
  expect(await answers.once('small', () => expect.unreachable('it ran again'))).toEqual({ result: 'x'.repeat(10) });
  expect(await answers.once('second', () => expect.unreachable('it ran again'))).toMatchObject({
    result: expect.stringMatching(/^x+$/),
  });
});
