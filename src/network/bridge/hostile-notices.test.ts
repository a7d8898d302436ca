import { afterEach, expect, inject, test, vi } from 'vitest';
import type { DeliveryNotice } from '../../agent/contracts/notices.ts';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { browserNotices } from './notices.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const agentId = 'helper_agent_001';
const decoder = new TextDecoder();
afterEach(() => {
  vi.unstubAllGlobals();
});

test('what another tab tells is a notice as it says it, or nothing', { timeout: 1_800_000 }, async () => {
  const channel = new EventTarget();
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      readonly addEventListener = channel.addEventListener.bind(channel);
    },
  );
  const heard: DeliveryNotice[] = [];
  browserNotices(agentId).follow({ noticed: (notice) => heard.push(notice), began: () => undefined });
  const target = {
    sample: { agentId, inbox: 4, group: ['ab'.repeat(16), 7] },
    read: (bytes: Bytes) => {
      heard.length = 0;
      channel.dispatchEvent(new MessageEvent('message', { data: anythingIn(bytes) }));
      const [first] = heard;
      if (first === undefined) throw new ParleyError('malformed_message', 'Nobody was told.');
      return first;
    },
    isFaithful: ({ inbox, groups }: DeliveryNotice, bytes: Bytes) => {
      const [group] = groups;
      const said = { agentId, ...(inbox === 0 ? {} : { inbox: inbox - 1 }), ...(group === undefined ? {} : { group }) };
      return heard.length === 1 && saysTheSame(said, anythingIn(bytes), false);
    },
  };
  expect((await fuzzed(target, runs, new Chance(16))).refused).toBeGreaterThan(runs / 10);
});

/** What a channel carries: the JSON, or the text of what is none. */
function anythingIn(bytes: Bytes): unknown {
  const text = decoder.decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return text;
    throw cause;
  }
}
