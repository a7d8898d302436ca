import { expect, test } from 'vitest';
import { ControllerClient } from './client.ts';
import { Revocations } from './revocations.ts';

const listOf = (number: number) => ({
  number,
  thisUpdate: 0,
  nextUpdate: 0,
  lists: () => false,
  supersedes: () => false,
  revokedSince: () => undefined,
});

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
    async ([number = 0]) => listOf(number),
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

test('what asks for a list of after its call gets one, or hears why there is none, and the known one stays', async () => {
  const answers: (Response | Error)[] = [];
  const network = {
    send: async () => {
      const answer = answers.shift() ?? new Error('not asked');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const controller = new ControllerClient(network, 'https://controller.test', { subtle: crypto.subtle, now: () => 0 });
  const revocations = new Revocations(
    controller,
    async ([number = 0]) => listOf(number),
    () => 0,
  );
  answers.push(new Response(Uint8Array.of(7)), new Error('cut off'), new Response(Uint8Array.of(6)));
  expect(await revocations.fetchNow()).toMatchObject({ number: 7 });
  await expect(revocations.fetchNow()).rejects.toMatchObject({ code: 'controller_unreachable' });
  expect(await revocations.fetchNow()).toMatchObject({ number: 7 });
  expect(answers).toHaveLength(0);
});
