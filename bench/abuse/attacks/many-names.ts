import { join } from 'node:path';
import { loadOrCreateAuthority } from '../../../src/controller/authority.ts';
import { makeRegistrant, spkiOf } from '../../../src/controller/testing/registrant.ts';
import { isAgentId } from '../../../src/protocol/ids.ts';
import { openAuthorityFile } from '../../../src/storage/file/authority-file.ts';
import { openSqliteControllerStore } from '../../../src/storage/sqlite/controller-store.ts';
import { type Attack, repeat, unixNow } from '../attack.ts';

const names = 3_000;
/** About what an issued certificate takes. */
const certificateBytes = 1_000;

/** A directory that others have filled, and somebody who reads all of it. */
export const manyNames: Attack = {
  name: 'many names',
  does: `has ${names} names in the directory, and reads all of its pages, one after the other`,
  fill: async (folder) => {
    const store = await openSqliteControllerStore(
      join(folder, 'controller.db'),
      openAuthorityFile(join(folder, 'ca.pem')),
    );
    // Agents without a CA are what a server refuses to start with.
    await loadOrCreateAuthority(store, unixNow(), (length) => crypto.getRandomValues(new Uint8Array(length)));
    const { signing } = await makeRegistrant('many_names', 'http://localhost');
    const signingSpki = await spkiOf(signing);
    const certificates = {
      signing: crypto.getRandomValues(new Uint8Array(certificateBytes)),
      encryption: crypto.getRandomValues(new Uint8Array(certificateBytes)),
    };
    for (let at = 0; at < names; at += 1) {
      const agentId = `filler_agent_${String(at).padStart(5, '0')}`;
      if (!isAgentId(agentId)) throw new TypeError(agentId);
      await store.updateAgent(agentId, () => ({
        agentId,
        address: 'http://localhost',
        signingSpki,
        certificates,
        issued: [],
      }));
    }
    store.close();
  },
  prepare: async (server) => {
    let after = '';
    return (signal) =>
      repeat(signal, { perSecond: 50, atOnce: 2 }, async () => {
        const answer = await fetch(`${server}/controller/agents?limit=500&after=${after}`, { signal });
        const { next }: { next?: string } = await answer.json();
        after = next ?? '';
        return String(answer.status);
      });
  },
};
