import { expect, test } from 'vitest';
import { goldenFile } from '../storage/testing/golden.ts';
import { readTraceFile, writeTraceFile } from './trace-file.ts';

/** The commits whose trace files are checked in, by the version of the format that they wrote. */
const versions = [
  { version: 1, commit: '03fc21c' },
  { version: 2, commit: '0796c7d' },
  { version: 3, commit: '750e1b7' },
] as const;

test.each(versions)(
  'a trace file of version $version, as $commit wrote it, is read whole',
  async ({ version, commit }) => {
    const bytes = await goldenFile(commit, 'trace.json.gz');
    const text = new TextDecoder().decode(bytes);
    const { writtenAt, recording } = readTraceFile(bytes);
    expect(JSON.parse(text)).toMatchObject({ version, writtenAt });
    expect(recording.ends.map(({ role }) => role)).toEqual(['client', 'server']);
    // Written again, it is the same but for its version.
    expect(writeTraceFile(recording, writtenAt)).toBe(text.replace(`"version": ${version}`, '"version": 3'));
  },
);
