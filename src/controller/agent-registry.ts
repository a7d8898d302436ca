import type { Bytes } from '../protocol/bytes.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { ControllerStore } from './store.ts';

/** An agent as whoever stands beside the Controller sees it. */
interface KnownAgent {
  /** SPKI DER of the key that the agent_id belongs to. */
  readonly signingSpki: Bytes;
  readonly isRevoked: boolean;
}

/** What the delivery service asks the Controller beside it. */
interface Registry {
  agent(agentId: string): Promise<KnownAgent | undefined>;
  isListed(agentId: string): Promise<boolean>;
  certificate(hash: Bytes): Promise<Bytes | undefined>;
  authorities(): Promise<readonly Bytes[]>;
}

/** Answers from a Controller's store what the delivery service beside it asks. Each call rejects with `storage_failed`. */
export function registryOf(store: Pick<ControllerStore, 'agent' | 'certificate' | 'loadAuthority'>): Registry {
  return {
    agent: async (agentId) => {
      const record = await store.agent(agentId);
      return record && { signingSpki: record.signingSpki, isRevoked: record.revoked !== undefined };
    },
    isListed: async (agentId) => {
      const record = await store.agent(agentId);
      if (record === undefined || record.revoked !== undefined) return true;
      return record.issued.some(({ revoked }) => revoked !== undefined && revoked.reason !== 'superseded');
    },
    certificate: (hash) => store.certificate(base64url(hash)),
    authorities: async () => {
      const authority = await store.loadAuthority();
      return authority === undefined ? [] : [authority.certificate];
    },
  };
}

function base64url(bytes: Bytes): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
