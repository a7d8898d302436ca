import { expect, test } from 'vitest';
import { weakKeys } from '../../../protocol/crypto/testing/weak-ed25519.ts';
import { signMessage } from '../../../protocol/handshake/message-signature.ts';
import { Transcript } from '../../../protocol/handshake/transcript.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { without } from '../../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { TestWorld } from '../../testing/world.ts';
import { object, openExport } from '../testing/alter.ts';
import { Evidence } from './evidence.ts';

const { subtle } = crypto;

/** A trail of Traveller's with a request in it, and the keys that both agents sign handshakes with. */
async function trail() {
  const world = await TestWorld.create();
  const traveller = await world.open('traveller_agent_001', 'https://localhost:5000');
  const helper = await world.open('helper_agent_001', 'https://localhost:5001');
  await traveller.agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters: 1 });
  const entries = openExport(await traveller.agent.audit.export([])).entries.map(({ entry }) => entry);
  const [own, peer] = await Promise.all([traveller.store.loadIdentity(), helper.store.loadIdentity()]);
  if (own === undefined || peer === undefined) throw new TypeError('An agent has no keys.');
  return { entries, own: own.signing.privateKey, peer: peer.signing.privateKey };
}

test.each(['client_hello', 'server_hello'] as const)(
  'a handshake whose %s names a weak session signing key proves nothing, though both sides have signed it',
  async (side) => {
    const { entries, own, peer } = await trail();
    const at = entries.findIndex(({ kind }) => kind === 'handshake');
    const entry = object(entries[at]);
    const th0 = await Transcript.start(subtle);
    const faults = new Map<string, string | undefined>();
    for (const [name, key] of [['genuine', undefined] as const, ...weakKeys]) {
      const weak = (of: string): JsonObject =>
        key === undefined || of !== side ? {} : { session_signing_key: encodeBase64(key) };
      const unsigned = (of: string) => ({ ...without(object(entry[of]), 'signature'), ...weak(of) });
      const clientHello = await signMessage(subtle, own, 'client hello', th0, unsigned('client_hello'));
      const th1 = await th0.with(clientHello);
      const serverHello = await signMessage(subtle, peer, 'server hello', th1, unsigned('server_hello'));
      const th2 = await th1.with(serverHello);
      const confirm = await signMessage(subtle, own, 'client confirm', th2, unsigned('client_confirm'));
      const altered = { ...entry, client_hello: clientHello, server_hello: serverHello, client_confirm: confirm };
      const evidence = new Evidence(subtle);
      for (const one of entries.slice(0, at)) expect(await evidence.next(one)).toBe(undefined);
      faults.set(name, await evidence.next(altered));
    }
    expect(faults.get('genuine')).toBe(undefined);
    faults.delete('genuine');
    for (const [name, words] of faults) expect(words, name).toMatch(/cannot be used|session_signing_key/);
  },
);
