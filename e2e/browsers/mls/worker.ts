import * as v from 'valibot';
import { type KemName, kemFactory, type Provider } from '../../../src/mls/crypto/providers.ts';
import { MlsError } from '../../../src/mls/errors.ts';
import { playHistory } from '../../../src/mls/testing/history/history.ts';
import type { Outcome } from './outcome.ts';

const askedShape = v.object({ first: v.number(), count: v.number() });

// In a dedicated worker, which is where the product's engine runs.
self.addEventListener('message', ({ data }) => {
  const { first, count } = v.parse(askedShape, data);
  play(first, count).then(tell, (error: unknown) => tell({ type: 'failed', message: String(error) }));
});

async function play(first: number, count: number): Promise<Outcome> {
  const started = performance.now();
  const all = { epochs: 0, joins: 0, messages: 0, mostMembers: 0 };
  for (let seed = first; seed < first + count; seed++) {
    tell({ type: 'playing', seed });
    const { epochs, joins, messages, mostMembers } = await playHistory(seed);
    all.epochs += epochs;
    all.joins += joins;
    all.messages += messages;
    all.mostMembers = Math.max(all.mostMembers, mostMembers);
  }
  const ms = Math.round(performance.now() - started);
  const [xWing, x25519] = [await providerOf('KEM_MLKEM768_X25519'), await providerOf('KEM_DHKEM_X25519_HKDF_SHA256')];
  return { type: 'played', histories: count, ...all, xWing, x25519, ms };
}

async function providerOf(kem: KemName): Promise<Provider> {
  try {
    await kemFactory(kem, 'platform');
    return 'platform';
  } catch (cause) {
    if (cause instanceof MlsError && cause.code === 'unsupported_cipher_suite') return 'javascript';
    throw cause;
  }
}

function tell(outcome: Outcome): void {
  self.postMessage(outcome);
}
