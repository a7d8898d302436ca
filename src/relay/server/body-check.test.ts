import { expect, test } from 'vitest';
import { isSessionId } from '../../protocol/ids.ts';
import { BodyCheck, sessionPath } from './body-check.ts';

const id = '0123456789abcdef'.repeat(2);
const path = '/agents/helper/agent/message';
const encoder = new TextEncoder();
const large = 'A'.repeat(300 * 1024);

/** What came of a body in parts, how many were looked at, and which sessions were asked for. */
async function checked(parts: readonly string[], knows = false, at = path) {
  const asked: string[] = [];
  const check = new BodyCheck(at, async (sessionId) => {
    asked.push(sessionId);
    return knows;
  });
  for (const [index, part] of parts.entries()) {
    const refusal = await check.add(encoder.encode(part));
    if (refusal !== undefined) return { asked, code: refusal.code, seen: index + 1 };
  }
  return { asked, code: undefined, seen: parts.length };
}

test('a large envelope of a session that the agent does not know is refused before the rest of it comes', async () => {
  const parts = [`{"session_id":"${id}","encrypted_payload":{"ciphertext":"`, large, large, large];
  expect(await checked(parts)).toEqual({ asked: [id], code: 'unknown_session', seen: 2 });
  expect(await checked(parts, true)).toEqual({ asked: [id], code: undefined, seen: 4 });
});

test('one whose session comes last is refused before it is carried on', async () => {
  const parts = [`{"encrypted_payload":{"ciphertext":"`, large, `"},"session_id":"${id}"}`];
  expect(await checked(parts)).toEqual({ asked: [id], code: 'unknown_session', seen: 3 });
});

test('nobody is asked for a small one, or for what is no envelope', async () => {
  expect((await checked([`{"session_id":"${id}","encrypted_payload":{}}`])).asked).toEqual([]);
  expect((await checked([`x{"session_id":"${id}"`, large])).asked).toEqual([]);
  expect(
    (await checked([`{"session_id":"${id}","a":"`, large], false, '/agents/helper/agent/handshake')).asked,
  ).toEqual([]);
  expect(await checked([`{"session_id":"${id}","a":[[[`, large])).toMatchObject({
    asked: [],
    code: 'malformed_message',
  });
});

test('the session is asked for beside the address of messages', () => {
  expect(isSessionId(id) && sessionPath(path, id)).toBe(`/agents/helper/agent/session/${id}`);
});
