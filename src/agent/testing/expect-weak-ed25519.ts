import { expect } from 'vitest';
import { outcomesOfForgeries, outcomesOfWeakKeys } from './weak-ed25519.ts';

/** Expects one list of vectors to be refused by every function that takes such a key or verifies such a signature. */
export async function expectWeakEd25519Refused(): Promise<void> {
  const keys = await outcomesOfWeakKeys();
  const places = new Set(keys.map(({ by }) => by));
  expect([...places].toSorted()).toEqual([
    'CLIENT_HELLO',
    'RESUME_ACCEPT',
    'RESUME_HELLO',
    'SERVER_HELLO',
    'import',
    'isSignedResumption',
    'review of CLIENT_HELLO',
    'review of SERVER_HELLO',
  ]);
  const accepted = keys.filter(({ outcome }) => outcome !== 'key_exchange_failed' && outcome !== false);
  expect(accepted).toEqual([]);
  const forgeries = await outcomesOfForgeries();
  const passed = forgeries.filter(({ outcome }) => outcome !== 'signature_invalid' && outcome !== false);
  expect(passed).toEqual([{ by: 'envelope', vector: 'genuine', outcome: 'accepted' }]);
  expect(forgeries.length).toBeGreaterThan(100);
}
