import { createSecretKey } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import type { DeliveryNews } from '../../delivery/notices.ts';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import { mutatedBytes } from '../../mls/testing/mutated-bytes.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { Seal } from '../../storage/nats/seal.ts';
import { sharedNoticeHub } from './shared-notices.ts';
import type { TopicLink } from './shared-topic.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const timeout = 1_800_000;
const chance = new Chance(16);
const decoder = new TextDecoder();
const seal = new Seal(createSecretKey(new Uint8Array(32).fill(7)));
type Options = Parameters<TopicLink['connection']['subscribe']>[1];

/** A server of a group: what it hears of the others, and how they tell it. */
function listening() {
  const followed: Options[] = [];
  const connection = {
    subscribe: (_: string, options: Options) => void followed.push(options),
    publish: () => undefined,
  };
  const heard: (readonly [string, DeliveryNews])[] = [];
  const hub = sharedNoticeHub({ isUp: true, connection }, seal);
  hub.subscribe((agentId, news) => heard.push([agentId, news]));
  const tell = (text: string) => {
    for (const options of followed) options.callback(null, { string: () => text });
  };
  return { heard, tell };
}

test('news between servers that were changed before they were sealed are told as they say, or not', {
  timeout,
}, async () => {
  const { heard, tell } = listening();
  let count = 0;
  const target = {
    sample: { news: [['helper_agent_001', { inbox: 4, group: ['ab'.repeat(16), 7] }]] },
    read: (bytes: Bytes) => {
      heard.length = 0;
      const members = decoder.decode(bytes).replace(/^\{/, `{"id":"${count++}","at":${Date.now()},`);
      tell(seal.close(['notices'], members));
      if (heard.length === 0) throw new ParleyError('malformed_message', 'Nobody was told.');
      return [...heard];
    },
    isFaithful: (told: readonly unknown[], bytes: Bytes) =>
      saysTheSame({ news: told }, JSON.parse(decoder.decode(bytes)), false),
  };
  expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
});

test('news between servers that were changed on their way are not told', { timeout }, () => {
  const { heard, tell } = listening();
  const news = [['helper_agent_001', { inbox: 4 }]];
  const sealed = (id: string) => seal.close(['notices'], JSON.stringify({ id, at: Date.now(), news }));
  for (let run = 0; run < runs; run++) {
    const changed = mutatedBytes(new TextEncoder().encode(sealed(`${run}`)), chance);
    tell(decoder.decode(changed));
  }
  expect(heard).toEqual([]);
  tell(sealed('whole'));
  expect(heard).toEqual([['helper_agent_001', { inbox: 4 }]]);
});
