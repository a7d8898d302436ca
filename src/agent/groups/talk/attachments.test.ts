import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageIdOf } from '../../../group/payload/testing/message-ids.ts';
import { conversationOf } from '../../contracts/group-views.ts';
import type { Json } from '../../contracts/value-views.ts';
import { attachmentView, requireAttachment, safeFileName, withFile } from './attachments.ts';
import { caughtUp, groupId, three } from './testing/talk-world.ts';

test.each([
  ['map.png', 'map.png'],
  ['../../.ssh/authorized_keys', 'authorized_keys'],
  ['C:\\Windows\\system32\\evil.exe', 'evil.exe'],
  ['.bashrc', 'bashrc'],
  ['invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['con.txt', '_con.txt'],
  ['CONOUT$', '_CONOUT$'],
  ['COM¹.tar.gz', '_COM¹.tar.gz'],
  [`con.${'é'.repeat(200)}`, `_con.${'é'.repeat(125)}`],
  [`${'a'.repeat(254)}é.pdf`, 'a'.repeat(254)],
  ['\u2028\u2066\u200f', 'file'],
  ['a\0b\n.txt', 'ab.txt'],
  ['what?*.txt', 'what__.txt'],
  ['..', 'file'],
  ['name. ', 'name'],
  ['naïve 日本.txt', 'naïve 日本.txt'],
])('the name %j is handed out as %j', (given, safe) => {
  expect(safeFileName(given)).toBe(safe);
});

test('no name leads out of a folder, hides, or has what a screen does not show', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const safe = safeFileName(given);
      expect(safe).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}]|^\.|[. ]$|^$/u);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255);
      expect(safe.isWellFormed()).toBe(true);
      expect(safeFileName(safe)).toBe(safe);
    }),
  );
});

test('name and media type stand in the content, and nothing else is taken for them', () => {
  const bytes = new Uint8Array(3);
  const given = { bytes, name: 'map.png', mediaType: 'image/png' };
  for (const content of [null, 'A map', { text: 'A map' }]) {
    expect(attachmentView(withFile(content, given), bytes)).toEqual({
      size: 3,
      name: 'map.png',
      mediaType: 'image/png',
    });
  }
  expect(withFile(['as it is'], { bytes })).toEqual(['as it is']);
  for (const content of [[1], 7, { file: 1 }]) expect(() => withFile(content, given)).toThrow('invalid_input');
  const others: readonly Json[] = [7, null, { name: 7, media_type: 'text/html; x' }, { media_type: 'no' }];
  for (const file of others) {
    expect(attachmentView({ file }, bytes)).toEqual({ size: 3 });
  }
});

test('a media type goes without its parameters; one that is none is refused, and of no type nothing is said', () => {
  const bytes = new Uint8Array(1);
  expect(withFile(null, { bytes, mediaType: 'Text/HTML; charset=utf-8' })).toEqual({
    file: { media_type: 'text/html' },
  });
  expect(withFile('as it is', { bytes, mediaType: '' })).toBe('as it is');
  for (const mediaType of [
    'text',
    'a/b/c',
    'text/html\r\nx: y',
    `a/${'b'.repeat(128)}`,
    'javascript:alert(1)',
    '../x',
  ]) {
    expect(() => requireAttachment({ bytes, mediaType })).toThrow('attachment.mediaType');
  }
});

test('what another program has put beside a request is kept, shown and handed out, and the request runs', async () => {
  const { world, t, h, k } = await three();
  const bytes = new Uint8Array([3, 2, 1]);
  const messageId = messageIdOf(0xab);
  const sentAt = Math.floor(world.clock.now() / 1_000);
  const parameters = { file: { name: 'list.csv' } };
  const payload = {
    type: 'GROUP_REQUEST',
    messageId,
    sentAt,
    method: 'echo',
    parameters,
    expiresAt: sentAt + 60,
  } as const;
  world.append(k.self, payload, bytes);
  await caughtUp([t, h, k], async () => expect((await h.said())[0]?.group?.answers).toHaveLength(2));
  const [asked] = await h.said();
  expect(asked).toMatchObject({ parameters, group: { kind: 'request', attachment: { size: 3, name: 'list.csv' } } });
  for (const agent of [t, h]) expect(await agent.talk.attachment(groupId, messageId)).toEqual(bytes);
});

test('an attachment is kept, handed out, and goes with its message; its name is made safe', async () => {
  const { t, h, k } = await three();
  const bytes = new Uint8Array([0, 1, 2]);
  const attachment = { bytes, name: '../../.ssh/\u202emap.png', mediaType: 'image/png' };
  const said = await t.talk.say({ groupId, content: 'A map', attachment });
  await caughtUp([t, h, k], async () => expect(await k.said()).toHaveLength(1));
  for (const agent of [t, h]) expect(await agent.talk.attachment(groupId, said.group.messageId)).toEqual(bytes);
  const [received] = await h.said();
  expect(received).toMatchObject({
    parameters: { text: 'A map', file: { name: 'map.png', media_type: 'image/png' } },
    group: { attachment: { size: 3, name: 'map.png', mediaType: 'image/png' } },
  });
  await h.service.deleteHistory(conversationOf(groupId));
  await h.talk.dropFiles(groupId);
  expect(h.parts('talk/file/')).toEqual([]);
  await expect(h.talk.attachment(groupId, said.group.messageId)).rejects.toThrow('invalid_input');
  const large = { bytes: new Uint8Array(1_048_577) };
  await expect(async () => t.talk.say({ groupId, content: 'x', attachment: large })).rejects.toThrow('1 MiB');
});
