import { afterEach, expect, test } from 'vitest';
import { unwritten, withFlippedBit } from '../run/body.ts';
import { KeyPool } from '../run/key-pool.ts';
import type { LabMessage } from '../run/scenario.ts';
import type { LineState } from './api.ts';
import { FreeLine } from './free-line.ts';

const keys = new KeyPool();
let line: FreeLine | undefined;

afterEach(async () => {
  await line?.close();
});

/** Opens a line, and gives what waits in the attacker's hands next. */
async function openLine() {
  const waiting: ((message: LabMessage) => void)[] = [];
  const seen = new Set<number>();
  let state: LineState | undefined;
  const arrived: LabMessage[] = [];
  const opened = await FreeLine.open(keys, (next) => {
    state = next;
    for (const message of next.held) {
      if (seen.has(message.number)) continue;
      seen.add(message.number);
      const give = waiting.shift();
      if (give === undefined) arrived.push(message);
      else give(message);
    }
  });
  line = opened;
  const held = () =>
    new Promise<LabMessage>((resolve) => {
      const message = arrived.shift();
      if (message === undefined) waiting.push(resolve);
      else resolve(message);
    });
  return { line: opened, held, state: () => state };
}

/** Returns a bit of the nonce that leaves it base64: of each letter one of the lowest three does. */
function bitOfNonce({ sent = '' }: LabMessage): { readonly offset: number; readonly bit: number } {
  const offset = sent.indexOf('"nonce":"') + '"nonce":"'.length + 20;
  const bit = [0, 1, 2].find((each) =>
    /[A-Za-z0-9+/]/.test(String.fromCharCode(sent.charCodeAt(offset) ^ (1 << each))),
  );
  return { offset, bit: bit ?? -1 };
}

test('one bit of a hello flipped on the line is refused by the signature check, and the line says which bit', async () => {
  const { line: open, held, state } = await openLine();
  const connecting = open.connect('traveller');
  const hello = await held();
  const { offset, bit } = bitOfNonce(hello);
  await open.decide(hello.number, { do: 'flip', offset, bit });
  const answer = await held();
  expect(answer.sent).toContain('signature_invalid');
  await open.decide(answer.number, { do: 'forward' });
  await connecting;
  const [passed] = state()?.passed ?? [];
  expect(passed).toMatchObject({
    kind: 'CLIENT_HELLO',
    altered: ['nonce'],
    deed: `bit ${bit} of byte ${offset} flipped`,
  });
  expect(state()?.agents[0]?.heard.at(-1)).toContain('connect failed: signature_invalid');
});

test.each([
  ['no UTF-8', 2, 7, ['encrypted_session_key', '\uFFFDncrypted_session_key']],
  ['no JSON, and so no members', 0, 2, []],
])('a flipped bit that leaves %s is refused as malformed', async (_, offset, bit, altered) => {
  const { line: open, held, state } = await openLine();
  const connecting = open.connect('traveller');
  const hello = await held();
  await open.decide(hello.number, { do: 'flip', offset, bit });
  const answer = await held();
  expect(answer.sent).toContain('malformed_message');
  await open.decide(answer.number, { do: 'forward' });
  await connecting;
  const [passed] = state()?.passed ?? [];
  expect(passed).toMatchObject({ altered, deed: `bit ${bit} of byte ${offset} flipped` });
});

test('an answer can be flipped as well: its sender knows nothing of it', async () => {
  const { line: open, held, state } = await openLine();
  const connecting = open.connect('traveller');
  const hello = await held();
  await open.decide(hello.number, { do: 'forward' });
  const answer = await held();
  expect(answer.kind).toBe('SERVER_HELLO');
  const { offset, bit } = bitOfNonce(answer);
  await open.decide(answer.number, { do: 'flip', offset, bit });
  await connecting;
  expect(state()?.passed.at(-1)).toMatchObject({ kind: 'SERVER_HELLO', deed: `bit ${bit} of byte ${offset} flipped` });
  expect(state()?.agents[0]?.heard.at(-1)).toContain('connect failed: signature_invalid');
});

test('a bit that the message does not have is refused, and the message stays held', async () => {
  const { line: open, held, state } = await openLine();
  const connecting = open.connect('traveller');
  const hello = await held();
  await expect(open.decide(hello.number, { do: 'flip', offset: 1_000_000, bit: 0 })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  expect(state()?.held.map(({ number }) => number)).toEqual([hello.number]);
  await open.decide(hello.number, { do: 'drop' });
  await open.setHolding(false);
  await connecting;
});

test('a second click of a double click decides nothing: the message has gone', async () => {
  const { line: open, held, state } = await openLine();
  const connecting = open.connect('traveller');
  const hello = await held();
  const flip = { do: 'flip', ...bitOfNonce(hello) } as const;
  await Promise.all([open.decide(hello.number, flip), open.decide(hello.number, flip)]);
  const answer = await held();
  expect(answer.sent).toContain('signature_invalid');
  await open.decide(answer.number, { do: 'forward' });
  await connecting;
  expect(state()?.passed).toHaveLength(2);
});

test.each([
  [0, 0, 0x60],
  [0, 7, 0xe1],
  [2, 1, 0x61],
])('byte %d, bit %d', (offset, bit, expected) => {
  expect(withFlippedBit({ body: 'abc' }, offset, bit).bytes[offset]).toBe(expected);
});

test('a large message is held as the binary envelope that it is, and one flipped bit of it is refused', async () => {
  const { line: open, held, state } = await openLine();
  await open.setHolding(false);
  await open.connect('traveller');
  await open.setHolding(true);
  const sending = open.send('traveller', 'The lighthouse keeper knows. '.repeat(300));
  const envelope = await held();
  expect(envelope).toMatchObject({ kind: 'ENVELOPE', sentForm: 'binary' });
  const size = unwritten({ body: envelope.sent ?? '', form: 'binary' }).bytes.length;
  await open.decide(envelope.number, { do: 'flip', offset: size - 1, bit: 0 });
  const refused = await held();
  expect(refused.sent).toContain('signature_invalid');
  expect(state()?.passed.at(-1)).toMatchObject({
    sentForm: 'binary',
    deliveredForm: 'binary',
    altered: ['encrypted_payload.ciphertext'],
  });
  await open.setHolding(false);
  await sending;
});
