import { describe, expect, test } from 'vitest';
import type { RevocationList } from '../../../pki/revocation-list.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { memoryRows } from '../testing/memory-rows.ts';
import { ControllerEvidence } from './controller-evidence.ts';

const at = 1_790_000_000;
const bytes = (text: string): Bytes => new TextEncoder().encode(text);
const hashOf = async (der: Bytes) => encodeBase64(await sha256(crypto.subtle, der));
const unreachable = () => new ParleyError('controller_unreachable', 'Nobody answers.', { retryAfter: 7 });
const never = () => new ParleyError('unknown_certificate', 'Never issued.');

/** Evidence of a Controller that has issued `issued`, and of lists that it hands out, at a time that a test moves. */
function evidenceOf(issued: Map<string, Bytes>, lists: (Partial<RevocationList> | ParleyError)[] = []) {
  const world = {
    seconds: at,
    isReachable: true,
    ca: bytes('the pinned CA'),
    asked: [] as string[],
    rows: memoryRows(),
  };
  const controller = {
    caCertificate: async () => world.ca,
    certificate: async (hash: Bytes) => {
      const name = encodeBase64(hash);
      world.asked.push(name);
      if (!world.isReachable) throw unreachable();
      const der = issued.get(name);
      if (der === undefined) throw never();
      return der;
    },
  };
  const revocations = {
    fetchNow: async (): Promise<RevocationList> => {
      const list = lists.shift() ?? unreachable();
      if (list instanceof ParleyError) throw list;
      const revokedSince = () => undefined;
      return {
        number: 1,
        thisUpdate: 0,
        nextUpdate: at + 9_999,
        lists: never,
        supersedes: never,
        revokedSince,
        ...list,
      };
      function never() {
        return false;
      }
    },
  };
  const open = () =>
    new ControllerEvidence({
      controller,
      pinned: bytes('the pinned CA'),
      revocations,
      rows: world.rows,
      now: () => 1_000 * world.seconds + 100_000,
      serviceNow: () => world.seconds,
      chance: () => 0,
    });
  return { world, evidence: open(), open };
}

describe('a certificate that vouches for a leaf', () => {
  test('is fetched by its hash once, and kept across a restart', async () => {
    const der = bytes('a certificate');
    const hash = await hashOf(der);
    const { evidence, open, world } = evidenceOf(new Map([[hash, der]]));
    const found = { kind: 'found', value: new Map([[hash, der]]) };
    expect(await evidence.certificates([hash, hash], at)).toEqual(found);
    world.isReachable = false;
    expect(await evidence.certificates([hash], at)).toEqual(found);
    expect(await open().certificates([hash], at)).toEqual(found);
    expect(world.asked).toEqual([hash]);
  });

  test('that the Controller does not know is asked for again 60 s after the entry, and then counts as unknown', async () => {
    const hash = await hashOf(bytes('never issued'));
    const { evidence, world } = evidenceOf(new Map());
    expect(await evidence.certificates([hash], at)).toMatchObject({
      kind: 'waits',
      again: 1_000 * at + 100_000 + 60_000,
      why: { code: 'unknown_certificate' },
    });
    world.seconds = at + 59;
    expect(await evidence.certificates([hash], at)).toMatchObject({ kind: 'waits' });
    world.seconds = at + 60;
    expect(await evidence.certificates([hash], at)).toEqual({ kind: 'found', value: new Map([[hash, 'unknown']]) });
    expect(world.asked).toHaveLength(3);
    expect(world.rows.writes).toEqual([]);
  });

  test('that a Controller of another CA denies is asked again, for that one has not issued it', async () => {
    const hash = await hashOf(bytes('never issued'));
    const { evidence, world } = evidenceOf(new Map());
    world.seconds = at + 9_999;
    const pinned = world.ca;
    world.ca = bytes('another CA');
    expect(await evidence.certificates([hash], at)).toMatchObject({ kind: 'waits', why: { code: 'ca_changed' } });
    world.ca = pinned;
    expect(await evidence.certificates([hash], at)).toEqual({ kind: 'found', value: new Map([[hash, 'unknown']]) });
  });

  test('that was issued meanwhile is found at the second look', async () => {
    const der = bytes('a late one');
    const hash = await hashOf(der);
    const issued = new Map<string, Bytes>();
    const { evidence, world } = evidenceOf(issued);
    expect(await evidence.certificates([hash], at)).toMatchObject({ kind: 'waits' });
    issued.set(hash, der);
    world.seconds = at + 60;
    expect(await evidence.certificates([hash], at)).toEqual({ kind: 'found', value: new Map([[hash, der]]) });
  });

  test('is neither there nor unknown while the Controller cannot be asked, however long ago the entry was', async () => {
    const [der, lost] = [bytes('there'), await hashOf(bytes('not there'))];
    const hash = await hashOf(der);
    const { evidence, world } = evidenceOf(new Map([[hash, der]]));
    expect(await evidence.certificates([hash], at)).toMatchObject({ kind: 'found' });
    world.seconds = at + 9_999;
    world.isReachable = false;
    const waits = await evidence.certificates([hash, lost], at);
    expect(waits).toMatchObject({ kind: 'waits', why: { code: 'controller_unreachable' } });
    expect(waits).toMatchObject({ again: 1_000 * world.seconds + 100_000 + 7_000 });
  });

  test('whose answer was given before the 60 s were over is not final, although it came after', async () => {
    const hash = await hashOf(bytes('slow'));
    const { evidence, world } = evidenceOf(new Map());
    const asking = evidence.certificates([hash], at);
    world.asked.push = (...names: string[]) => {
      world.seconds = at + 61;
      return names.length;
    };
    expect(await asking).toMatchObject({ kind: 'waits' });
  });
});

describe('a revocation list that decides on a removal', () => {
  const revoked = { revokedSince: (serial: string) => (serial === 'aa' ? at - 5 : undefined) };
  const decides = (list: { revokedSince(serial: string): number | undefined }) => list.revokedSince('aa') !== undefined;

  test('is fetched for the question, and is enough when it lists the member', async () => {
    const { evidence } = evidenceOf(new Map(), [revoked]);
    expect(await evidence.revocations(at, decides)).toMatchObject({ kind: 'found', value: { isFinal: false } });
  });

  test('that does not list it is looked at again 60 s after the entry, and is final then', async () => {
    const { evidence, world } = evidenceOf(new Map(), [{}, {}]);
    expect(await evidence.revocations(at, decides)).toMatchObject({
      kind: 'waits',
      again: 1_000 * at + 160_000,
      why: { code: 'revocation_status_unknown' },
    });
    world.seconds = at + 60;
    expect(await evidence.revocations(at, decides)).toMatchObject({ kind: 'found', value: { isFinal: true } });
  });

  test('that cannot be had, or is over, lets the member wait', async () => {
    const over = { nextUpdate: at + 1 };
    const { evidence, world } = evidenceOf(new Map(), [unreachable(), over, { ...over, ...revoked }]);
    world.seconds = at + 600;
    expect(await evidence.revocations(at, decides)).toMatchObject({
      kind: 'waits',
      why: { code: 'controller_unreachable' },
    });
    expect(await evidence.revocations(at, decides)).toMatchObject({
      kind: 'waits',
      why: { code: 'revocation_status_unknown' },
    });
    expect(await evidence.revocations(at, decides)).toMatchObject({ kind: 'found' });
  });
});
