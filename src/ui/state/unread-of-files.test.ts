import { expect, test } from 'vitest';
import type { AgentPhase } from '../../agent/contracts/views.ts';
import { fileView } from '../agent/files/testing/file-view.ts';
import { filesOffered } from './unread-of-files.ts';

// What it says of the agent does not matter here.
const ready = { phase: 'ready' } as AgentPhase;
const starting: AgentPhase = { phase: 'starting' };
const offer = fileView({ id: 'a' });

test('an offer that waits for a person is news once', () => {
  const now = { phase: ready, files: [offer] };
  expect(filesOffered(now, { phase: ready, files: [] })).toEqual([offer]);
  expect(filesOffered({ ...now, files: [{ ...offer }] }, now)).toEqual([]);
});

test('what was there before, what goes out and what is taken by itself is no news', () => {
  expect(filesOffered({ phase: ready, files: [offer] }, { phase: starting, files: [] })).toEqual([]);
  const files = [fileView({ direction: 'outgoing' }), fileView({ id: 'b', status: 'moving' })];
  expect(filesOffered({ phase: ready, files }, { phase: ready, files: [] })).toEqual([]);
});
