import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../../protocol/trace/events.ts';
import { beginningOf } from '../../../recording/beginning.ts';
import type { RecordedEnd } from '../../../recording/recording.ts';
import { refusedResumption, resumptionRecording } from '../../../recording/testing/resumption.ts';
import { handshakeModel } from './handshake-model.ts';
import { clientEvents, did, failed, refused, serverEvents } from './testing/events.ts';
import { outline } from './testing/outline.ts';
import { throughEyes, updatesThroughEyes } from './through-eyes.ts';
import { walkThrough } from './walk.ts';

const agents = { client: 'traveller_agent_001', server: 'helper_agent_001' };
const client: RecordedEnd = { role: 'client', events: clientEvents };
const server: RecordedEnd = { role: 'server', events: serverEvents };
const began = (by: 'self' | 'peer', number = 1): readonly TraceEvent[] => [
  did('make_update_shares'),
  did('derive_next_epoch'),
  { kind: 'epoch', at: 3, number, by, keyFingerprint: `0${number}:00:00:00` },
];

function walk(ends: readonly RecordedEnd[], pov?: 'client' | 'server' | 'observer') {
  const { rows, updates } = handshakeModel(ends, 'ESTABLISHED');
  const seen = [...throughEyes(rows, pov), ...updatesThroughEyes(updates, pov)];
  return walkThrough(seen, agents, 'handshake');
}
const ids = (...walked: Parameters<typeof walk>) => walk(...walked).map(({ id }) => id);

describe('a walk through a handshake', () => {
  test('takes every step of both sides in order, each with one sentence of 25 words at most', () => {
    const steps = walk([client, server]);
    expect(steps.map(({ id }) => id)).toEqual([
      'client-1',
      'client-2',
      'CLIENT_HELLO',
      'server-1',
      'server-2',
      'server-3',
      'SERVER_HELLO',
      'client-3',
      'client-4',
      'client-5',
      'CLIENT_CONFIRM',
      'server-4',
      'SESSION_ESTABLISHED',
      'client-6',
      'ending',
    ]);
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    for (const { id, sentence } of steps) {
      expect(sentence, id).toMatch(/^[^.!?{}]+; without [^.!?{}]+\.$/);
      expect(sentence.split(' ').length, id).toBeLessThanOrEqual(25);
    }
  });

  test('keeps the address of a step whatever else is recorded and whoever looks', () => {
    const own = ids([client]).filter((id) => id.startsWith('client-') && !id.includes('-on-'));
    expect(own).toHaveLength(6);
    expect(ids([client, server])).toEqual(expect.arrayContaining(own));
    expect(ids([client, server], 'client')).toEqual(expect.arrayContaining(own));
    for (const id of ids([client, server], 'client')) expect(id).not.toMatch(/^server-\d/);
  });

  test('goes on with key updates: who began one, the other side, the epoch', () => {
    const ends: readonly RecordedEnd[] = [
      { role: 'client', events: [...clientEvents, ...began('peer'), ...began('self', 2)] },
      { role: 'server', events: [...serverEvents, ...began('self'), ...began('peer', 2)] },
    ];
    expect(outline(handshakeModel(ends, 'ESTABLISHED').updates)).toEqual([
      'server works make_update_shares,derive_next_epoch',
      'client works make_update_shares,derive_next_epoch',
      'epoch 1 by server',
      'client works make_update_shares,derive_next_epoch',
      'server works make_update_shares,derive_next_epoch',
      'epoch 2 by client',
    ]);
    expect(ids(ends).slice(-2)).toEqual(['server-8', 'epoch-2']);
    expect(ids(ends, 'server').filter((id) => id.startsWith('epoch'))).toEqual(['epoch-1', 'epoch-2']);
    expect(ids(ends, 'observer').filter((id) => id.startsWith('epoch'))).toEqual([]);
    expect(walk(ends).at(-1)?.sentence).toBe(
      'Epoch 2 began, by an update of traveller_agent_001; without it, whoever stole the earlier keys could read on.',
    );
  });

  test('says what was refused, what was altered and what never came', () => {
    const refusing = [...serverEvents.slice(0, 2), refused('CLIENT_HELLO', 'signature'), failed];
    const sentences = walk([client, { role: 'server', events: refusing }]).map(({ sentence }) => sentence);
    expect(sentences).toContain(
      'helper_agent_001 refused the CLIENT_HELLO here; without this refusal, it would trust what did not pass the check.',
    );
    expect(sentences.at(-1)).toMatch(/ended without a session/);
  });
});

test.each([resumptionRecording(), refusedResumption()])(
  'a walk through a resumption has a sentence for each step',
  (recording) => {
    const { rows } = handshakeModel(recording.ends, recording.session.status);
    const steps = walkThrough(rows, agents, beginningOf(recording));
    const works = rows.flatMap((row) => (row.kind === 'work' ? row.steps.map(() => row.kind) : [row.kind]));
    expect(steps).toHaveLength(works.length);
    for (const { sentence } of steps) expect(sentence).toMatch(/^[^.!?{}]+; without [^.!?{}]+\.$/);
  },
);
