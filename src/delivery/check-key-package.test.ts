import { beforeAll, expect, test } from 'vitest';
import { readGroupKeyPackage } from '../group/credential/key-package.ts';
import { GroupWorld } from '../group/testing/group-world.ts';
import { keyPackageOf } from '../group/testing/judged-group.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { isUsableKeyPackage } from './check-key-package.ts';

const day = 86_400;
let bytes: Bytes;
beforeAll(async () => {
  const world = await GroupWorld.create();
  ({ bytes } = await keyPackageOf(await world.agent('anna')));
});

test('a stored KeyPackage can be used from its beginning until it has a day left', () => {
  const { notBefore, notAfter } = readGroupKeyPackage(bytes).credential;
  const times = [notBefore - 1, notBefore, notAfter - day, notAfter - day + 1, notAfter + 1];
  expect(times.map((now) => isUsableKeyPackage(bytes, now))).toEqual([false, true, true, false, false]);
});

test('one that is damaged cannot be used', () => {
  const { notBefore } = readGroupKeyPackage(bytes).credential;
  expect(isUsableKeyPackage(bytes.slice(0, -1), notBefore)).toBe(false);
  expect(isUsableKeyPackage(Uint8Array.of(), notBefore)).toBe(false);
});
