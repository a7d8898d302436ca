import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { DeliveryHttp } from './delivery-http.ts';

setFlagsFromString('--expose-gc');
const collect = v.parse(v.function(), runInNewContext('gc'));

test('an answer is let go once it was read, however long the agent is open', async () => {
  const answers: WeakRef<Response>[] = [];
  const send = async () => {
    const answer = Response.json({});
    answers.push(new WeakRef(answer));
    return answer;
  };
  const http = new DeliveryHttp({ send }, 'https://delivery.test', () => 0);
  for (let i = 0; i < 100; i++) await http.call(v.object({}), { method: 'GET', path: '/delivery/inbox?from=0' });
  // A WeakRef is kept to the end of the turn that made it.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(answers.filter((answer) => answer.deref() !== undefined).length).toBeLessThan(50);
  http.end();
});
