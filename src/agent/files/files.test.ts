import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { asParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { names, Pair, type Who } from '../testing/pair.ts';
import { seenIn } from './testing/seen.ts';

const mebibyte = 1024 * 1024;
let pair: Pair;
beforeAll(async () => {
  pair = await Pair.connected();
});

const filesOf = (who: Who) => pair.agent(who).files;
const { seenBy, statusOf } = seenIn(() => pair);

function material(size: number): Bytes {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) + (at >> 16)) & 0xff);
}

async function hashOf(bytes: Bytes): Promise<string> {
  const hash = new StreamHash(crypto.subtle);
  await hash.add(bytes);
  return encodeBase64((await hash.end()).hash);
}

const offer = (bytes: Bytes, name = 'notes.txt', from: Who = 'traveller') =>
  pair.during(
    filesOf(from).offer(names[from === 'traveller' ? 'helper' : 'traveller'], {
      name,
      mediaType: 'text/plain',
      blob: new Blob([bytes]),
    }),
  );

const bytesOf = async (who: Who, id: string) => new Uint8Array(await (await filesOf(who).open(id)).arrayBuffer());
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (cause: unknown) => asParleyError(cause).code,
  );

describe('a file that is offered', () => {
  test.each([0, 1, 70_000, mebibyte, 3 * mebibyte + 77])(
    'of %i bytes comes whole once it is accepted',
    async (size) => {
      const bytes = material(size);
      const { id, status } = await offer(bytes);
      expect(status).toBe('offered');
      const asked = await statusOf('helper', id, 'offered');
      expect(asked).toMatchObject({
        direction: 'incoming',
        name: 'notes.txt',
        mediaType: 'text/plain',
        size,
        moved: 0,
      });
      await pair.during(filesOf('helper').accept(id));
      const [here, there] = [await statusOf('helper', id, 'whole'), await statusOf('traveller', id, 'whole')];
      expect(await bytesOf('helper', id)).toEqual(bytes);
      const hash = await hashOf(bytes);
      expect([here.hash, there.hash, here.moved, there.moved]).toEqual([hash, hash, size, size]);
    },
  );

  test('is declined: both sides say so, and nothing was read', async () => {
    const { id } = await offer(material(10));
    await statusOf('helper', id, 'offered');
    await pair.during(filesOf('helper').decline(id));
    await statusOf('traveller', id, 'declined');
    expect(await outcome(filesOf('helper').accept(id))).toBe('invalid_input');
    expect(await outcome(filesOf('helper').open(id))).toBe('invalid_input');
  });

  test('is cancelled by its sender before anybody decided', async () => {
    const { id } = await offer(material(10));
    await statusOf('helper', id, 'offered');
    await pair.during(filesOf('traveller').cancel(id));
    await statusOf('helper', id, 'cancelled');
  });

  test('has a name that is safe at the receiver, whatever its sender calls it', async () => {
    const { id } = await offer(material(1), '../../etc/pass\u202ewd');
    expect((await statusOf('helper', id, 'offered')).name).toBe('passwd');
    await pair.during(filesOf('helper').decline(id));
  });
});

describe('a policy', () => {
  test('accepts files up to its size without asking, and asks for larger ones', async () => {
    await filesOf('helper').setPolicy(names.traveller, { kind: 'accept', upTo: 1_000 });
    const small = await offer(material(1_000));
    await statusOf('helper', small.id, 'whole');
    const large = await offer(material(1_001));
    await statusOf('helper', large.id, 'offered');
    await pair.during(filesOf('helper').cancel(large.id));
  });

  test('declines everything', async () => {
    await filesOf('helper').setPolicy(names.traveller, { kind: 'never' });
    const { id } = await offer(material(1));
    await statusOf('traveller', id, 'declined');
    expect(seenBy('helper', id)).toBe(undefined);
    await filesOf('helper').setPolicy(names.traveller, { kind: 'ask' });
  });
});

test('a file that is over can be taken from the list, with its bytes', async () => {
  const { id } = await offer(material(5));
  await statusOf('helper', id, 'offered');
  expect(await outcome(filesOf('helper').remove(id))).toBe('invalid_input');
  await pair.during(filesOf('helper').accept(id));
  await statusOf('helper', id, 'whole');
  await filesOf('helper').remove(id);
  expect(seenBy('helper', id)).toBe(undefined);
  expect(await outcome(filesOf('helper').open(id))).toBe('unknown_file');
  expect(await pair.store('helper').files.vault.list()).not.toContain(id);
});
