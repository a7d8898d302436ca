import { expect, test } from 'vitest';
import { ControllerClient } from './client.ts';
import { Revocations } from './revocations.ts';

test('a look that is asked for while another is under way asks again: a list signed in between is not missed', async () => {
  const answers: ((list: number) => void)[] = [];
  const controller = new ControllerClient(
    {
      send: () =>
        new Promise((resolve) => {
          answers.push((list) => resolve(new Response(Uint8Array.of(list))));
        }),
    },
    'https://controller.test',
    { subtle: crypto.subtle, now: () => 0 },
  );
  const revocations = new Revocations(
    controller,
    async ([number = 0]) => ({ number, thisUpdate: 0, nextUpdate: 0, lists: () => false, supersedes: () => false }),
    () => 0,
  );
  const first = revocations.refresh(true);
  const second = revocations.refresh(true);
  const third = revocations.refresh(true);
  expect(answers).toHaveLength(1);
  answers[0]?.(1);
  await first;
  expect(answers).toHaveLength(2);
  answers[1]?.(2);
  await Promise.all([second, third]);
  expect(answers).toHaveLength(2);
  expect(revocations.current?.number).toBe(2);
});
