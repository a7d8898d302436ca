import { join } from 'node:path';
import { openAuthorityFile } from '../../file/authority-file.ts';
import { type GroupStore, type GroupStoreOptions, openNatsControllerStore } from '../controller-store.ts';
import type { NatsLink } from '../link.ts';

/** What a test's store has told. */
interface Told {
  readonly revoked: string[];
  readonly forged: string[];
  readonly failed: unknown[];
}

/** A group's store under test, and what it has told. */
export interface TestGroupStore {
  readonly store: GroupStore;
  readonly told: Told;
}

/** Opens the store of the group `prefix` with the CA of `caFile`. */
export function openTestStore(
  link: NatsLink,
  caFile: string,
  prefix: string,
  more: Partial<GroupStoreOptions> = {},
): TestGroupStore {
  const told: Told = { revoked: [], forged: [], failed: [] };
  const store = openNatsControllerStore(link, openAuthorityFile(caFile), {
    prefix,
    newGroup: false,
    adoptGroup: false,
    mayChange: () => undefined,
    listener: {
      revoked: (agentId) => told.revoked.push(agentId),
      forged: (key) => told.forged.push(key),
      failed: (error) => told.failed.push(error),
    },
    ...more,
  });
  return { store, told };
}

/** A CA whose certificate is a few random bytes. */
export async function makeTestCa() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return { signingKey: keys.privateKey, certificate: crypto.getRandomValues(new Uint8Array(16)) };
}

/** The path of a CA file that no other test uses. */
export function freshCaFile(folder: string): string {
  return join(folder, `${crypto.randomUUID()}.pem`);
}
