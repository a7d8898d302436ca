import { expect, test } from 'vitest';
import type { WaitingView } from './views.ts';
import { waitingWords } from './waiting-words.ts';

const failed = (code: 'peer_unreachable' | 'unavailable' | 'controller_unreachable' | 'rate_limited') => ({
  code,
  title: '',
  detail: '',
});

test.each<[WaitingView, string]>([
  [{ for: 'turn' }, 'Waiting for its turn: earlier requests to helper are under way'],
  [{ for: 'answer', until: 9 }, 'Waiting for the answer of helper until 9 o’clock'],
  [{ for: 'peer', until: 9 }, 'helper is offline, trying until 9 o’clock'],
  [{ for: 'peer', until: 9, failure: failed('peer_unreachable') }, 'helper is offline, trying until 9 o’clock'],
  [{ for: 'peer', until: 9, failure: failed('unavailable') }, 'helper does not answer, trying until 9 o’clock'],
  [
    { for: 'peer', until: 9, failure: failed('controller_unreachable') },
    'The server does not answer, trying until 9 o’clock',
  ],
  [{ for: 'connection', until: 9 }, 'No connection to the server, trying until 9 o’clock'],
  [
    { for: 'limit', until: 9, failure: failed('rate_limited') },
    'helper takes no more requests for now, trying until 9 o’clock',
  ],
  [{ for: 'return', until: 9 }, 'Stored for helper, which can answer until 9 o’clock'],
])('%j is said as “%s”', (waiting, words) => {
  expect(waitingWords({ peerId: 'helper' }, waiting, (ms) => `${ms} o’clock`)).toBe(words);
});

test.each([
  ['sending', 'Kept here for helper: the delivery service does not have it yet. It is tried until 9 o’clock'],
  ['stored', 'Stored for helper, which can answer until 9 o’clock'],
  ['delivered', 'helper has it, and can answer until 9 o’clock'],
] as const)('of a message that was left and is %s: “%s”', (delivery, words) => {
  const group = {
    groupId: 'ab'.repeat(16),
    messageId: 'cd'.repeat(16),
    sender: 'traveller',
    kind: 'request',
    answers: [],
    awaiting: [],
    delivery,
  } as const;
  expect(waitingWords({ peerId: 'helper', group }, { for: 'return', until: 9 }, (ms) => `${ms} o’clock`)).toBe(words);
});
