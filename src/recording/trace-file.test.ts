import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { KeyPool } from '../lab/run/key-pool.ts';
import { latestSession, recordSession } from '../lab/run/record.ts';
import { onStage } from '../lab/run/run.ts';
import { platformEnvironment } from '../platform/platform.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { decodeBase64 } from '../protocol/wire/base64.ts';
import { handshakeModel } from '../ui/inspector/handshake/handshake-model.ts';
import { throughEyes } from '../ui/inspector/handshake/through-eyes.ts';
import { wireRow } from '../ui/inspector/wire/wire-model.ts';
import type { Recording } from './recording.ts';
import { reviewEnvelope } from './review/envelope.ts';
import { readTraceFile, writeTraceFile } from './trace-file.ts';

const secret = 'The lighthouse keeper knows';
const encoder = new TextEncoder();
const read = (text: string) => readTraceFile(encoder.encode(text));

/** A real session of two real agents, as both recorded it. */
let recording: Recording;
let text: string;

beforeAll(async () => {
  const lab = {
    keys: new KeyPool(),
    signal: new AbortController().signal,
    progress: () => undefined,
    report: () => undefined,
  };
  const made = await onStage(lab, async ({ world, traveller, helper }) => {
    await traveller.agent.send({ peerId: helper.agentId, method: 'echo', parameters: { text: secret } });
    await traveller.agent.send({ peerId: helper.agentId, method: 'echo', parameters: { text: secret.repeat(200) } });
    return recordSession(world, [traveller, helper], latestSession(traveller));
  });
  if (made === undefined) throw new ParleyError('internal_error', 'Nothing was recorded.');
  recording = made;
  text = writeTraceFile(recording, 1_790_000_000_000);
});

/** Everything that a view computes from a recording. */
function draw({ recording: { session, ends, wire } }: ReturnType<typeof readTraceFile>): void {
  const { rows } = handshakeModel(ends, session.status);
  for (const pov of [undefined, 'client', 'server', 'observer', 'controller'] as const) throughEyes(rows, pov);
  for (const entry of wire) wireRow(entry, session.client.agentId);
}

describe('a trace file', () => {
  test('reads back as it was written', () => {
    // What an envelope asked for is known to its agents alone, and so is not written.
    const wire = recording.wire.map(({ requestId: _, ...entry }) => entry);
    expect(read(text)).toEqual({ writtenAt: 1_790_000_000_000, recording: { ...recording, wire } });
    expect(text).not.toContain('requestId');
    draw(read(text));
  });

  test.each([1, 2, 3])('of version %i is read as before', (version) => {
    const withoutBytes = { ...recording, wire: recording.wire.filter(({ requestForm }) => requestForm === undefined) };
    const now = writeTraceFile(withoutBytes, 1);
    const earlier = now.replace('"version": 4', `"version": ${version}`);
    expect(earlier).not.toBe(now);
    expect(read(earlier)).toEqual(read(now));
  });

  test('has binary envelopes, whose signatures can be checked again', async () => {
    const { recording: saved } = read(text);
    const wire = saved.wire.filter(({ requestForm }) => requestForm === 'binary');
    expect(wire).toHaveLength(1);
    for (const { requestBody, requestSize, responseBody, responseSize, requestForm, responseForm, at } of wire) {
      expect([requestForm, responseForm]).toEqual(['binary', 'binary']);
      const [{ events } = { events: [] }] = saved.ends;
      const hellos = events.flatMap((event) => (event.kind === 'message' ? [[event.message, event.body]] : []));
      const { CLIENT_HELLO: clientHello = '', SERVER_HELLO: serverHello = '' } = Object.fromEntries(hellos);
      const earlier = { clientHello: encoder.encode(clientHello), serverHello: encoder.encode(serverHello) };
      for (const [body = '', size] of [
        [requestBody, requestSize],
        [responseBody, responseSize],
      ] as const) {
        const bytes = decodeBase64(body);
        expect(bytes.length).toBe(size);
        const environment = { ...(await platformEnvironment()), now: () => Math.floor(at) };
        const review = (copy: Bytes) =>
          reviewEnvelope(
            { environment, observe: () => undefined },
            { copy: { form: 'binary', bytes: copy }, genuine: { form: 'binary', bytes }, isWhole: true },
            earlier,
          );
        await review(bytes);
        const altered = bytes.slice();
        altered[bytes.length - 1] = (altered[bytes.length - 1] ?? 0) ^ 1;
        await expect(review(altered)).rejects.toMatchObject({ code: 'signature_invalid' });
      }
    }
  });

  test('of version 3 has no bodies of bytes', () => {
    expect(() => read(text.replace('"version": 4', '"version": 3'))).toThrowError(/damaged/);
  });

  test('of a resumption names the session that was resumed', () => {
    const resumes = 'a1b2c3d4'.repeat(4);
    const resumed = { ...recording, session: { ...recording.session, resumes } };
    expect(read(writeTraceFile(resumed, 1)).recording.session.resumes).toBe(resumes);
  });

  test('holds nothing of what was said, and no private key', () => {
    expect(text).toContain('CLIENT_HELLO');
    for (const word of secret.split(' ').filter(({ length }) => length > 4)) expect(text).not.toContain(word);
    expect(text).not.toMatch(/PRIVATE KEY|"(?:d|p|q|dp|dq|qi|k)":/);
  });

  test('has only what the format names, whatever else a recording carries', () => {
    const more = { ...recording, session: { ...recording.session, secret }, extra: secret };
    const [entry] = recording.wire;
    const withContent = { ...more, wire: entry === undefined ? [] : [{ ...entry, plaintext: secret }] };
    expect(writeTraceFile(withContent, 1)).not.toContain('lighthouse');
  });
});

describe('what is no trace is refused with what is wrong and what to do', () => {
  const changed = (change: (file: Record<string, unknown>) => void) => {
    const file = JSON.parse(text);
    change(file);
    return JSON.stringify(file);
  };
  test.each<readonly [name: string, make: () => string, says: RegExp]>([
    ['an empty file', () => '', /empty/],
    ['a picture', () => '\u0089PNG', /not a JSON file/],
    ['half a file', () => text.slice(0, text.length / 2), /cut short/],
    ['another JSON file', () => '{"log": {"version": "1.2"}}', /not a Parley trace/],
    ['a list', () => '[1, 2]', /not a Parley trace/],
    ['a file that is only brackets', () => '['.repeat(1_000_000), /nested deeper than 8 levels/],
    ['a member twice', () => text.replace('"version"', '"version": 4,\n  "version"'), /the same name twice/],
    ['a million values', () => `{"format":"parley-trace","ends":[${'0,'.repeat(1_000_000)}0]}`, /more than 600000/],
    ['a newer version', () => changed((file) => Object.assign(file, { version: 5 })), /version 5.*Update/],
    ['an unknown member', () => changed((file) => Object.assign(file, { more: 1 })), /damaged at more/],
    ['a missing member', () => changed((file) => delete file.session), /damaged at session/],
    ['no ends', () => changed((file) => Object.assign(file, { ends: [] })), /damaged at ends/],
    [
      'two ends of one side',
      () => changed((file) => Object.assign(file, { ends: [recording.ends[0], recording.ends[0]] })),
      /same side/,
    ],
    [
      'an unknown check',
      () => text.replace('"check": "shape"', '"check": "form"'),
      /damaged at ends\.0\.events\.\d+\.check/,
    ],
  ])('%s', (_, make, says) => {
    expect(() => read(make())).toThrowError(
      expect.objectContaining({ code: 'invalid_input', detail: expect.stringMatching(says) }),
    );
  });

  test('a file over 32 MiB is not even parsed', () => {
    expect(() => readTraceFile(new Uint8Array(32 * 1_024 * 1_024 + 1))).toThrowError(/larger than 32 MiB/);
  });
});

test('1,000 mutated files are refused or drawn, never anything else', async () => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.string(),
    fc.string({ minLength: 5_000, maxLength: 6_000 }),
    fc.constant({}),
    fc.constant([]),
    fc.constant('__proto__'),
  );
  let refusals = 0;
  await fc.assert(
    fc.property(fc.nat(), leaf, fc.constantFrom('set', 'drop', 'double', 'byte', 'cut'), (at, value, how) => {
      const mutated = mutate(text, at, value, how);
      try {
        draw(read(mutated));
      } catch (error) {
        expect(error).toBeInstanceOf(ParleyError);
        expect(error).toMatchObject({ code: 'invalid_input' });
        refusals += 1;
      }
    }),
    { numRuns: 1_000 },
  );
  expect(refusals).toBeGreaterThan(300);
});

/** One change somewhere in a file: at the member that `at` chooses, or at that byte. */
function mutate(file: string, at: number, value: unknown, how: 'set' | 'drop' | 'double' | 'byte' | 'cut'): string {
  const place = at % file.length;
  if (how === 'byte') return file.slice(0, place) + String.fromCharCode(32 + (at % 90)) + file.slice(place + 1);
  if (how === 'cut') return file.slice(0, place);
  const json: unknown = JSON.parse(file);
  const places: (readonly [holder: object, name: string])[] = [];
  const walk = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [name, member] of Object.entries(holder)) {
      places.push([holder, name]);
      walk(member);
    }
  };
  walk(json);
  const [holder, name] = places[at % places.length] ?? [{}, ''];
  if (how === 'drop') Reflect.deleteProperty(holder, name);
  else if (how === 'set') Reflect.set(holder, name, value);
  else Reflect.set(holder, `${name}2`, Reflect.get(holder, name));
  return JSON.stringify(json);
}
