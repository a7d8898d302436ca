import { expect, it } from 'vitest';
import { cipherSuite } from '../crypto/suites.ts';
import { nextStep, startRatchet, stepTo } from './ratchet.ts';

it('gives no generation beyond the last that a message can name', async () => {
  const suite = await cipherSuite(1);
  const nearEnd = { ...startRatchet(new Uint8Array(suite.hashLength).fill(7)), generation: 0xffff_fffe };
  const last = nextStep(suite, nearEnd);
  expect(last.taken.generation).toBe(0xffff_fffe);
  expect(() => nextStep(suite, last.ratchet)).toThrow(/^ratchet_exhausted/);
  expect(() => stepTo(suite, last.ratchet, 0xffff_ffff)).toThrow(/^ratchet_exhausted/);
});
