import { describeCertificate } from '../../pki/describe.ts';
import type { CertificatePair } from '../../protocol/handshake/identity.ts';
import { limits } from '../../protocol/limits.ts';
import type { PeerPage, PeerView, Verification } from '../contracts/views.ts';
import type { ControllerClient, DirectoryEntry } from './client.ts';

/** Peers of a page when the caller does not say, and at most. */
const peersPerPage = 100;
const longestPage = limits.longestPage;

/** What an agent knows of the keys of peers. */
export interface PeerTrust {
  /** Looks at a directory entry's certificates, so that a changed key is noticed before anybody connects. */
  notice(pair: CertificatePair): Promise<void>;
  verificationOf(peerId: string): Verification;
}

/** What the directory is read with. */
export interface DirectoryDeps {
  readonly controller: ControllerClient;
  /** Whose peers they are: it is none of them. */
  readonly agentId: string;
  /** Undefined before the agent is ready. */
  readonly trust: PeerTrust | undefined;
}

/** Returns the other agents of a page of the directory, in order of agent_id. Fewer than `limit` are the last ones. */
export async function listPeers(deps: DirectoryDeps, page: PeerPage = {}): Promise<readonly PeerView[]> {
  const limit = Math.min(Math.max(1, page.limit ?? peersPerPage), longestPage);
  const found: DirectoryEntry[] = [];
  let after: string | undefined = page.after ?? '';
  while (after !== undefined && found.length < limit) {
    // One more than is missing: the agent itself may be among them.
    const { agents, next } = await deps.controller.agents(after, Math.min(limit - found.length + 1, longestPage));
    found.push(...agents.filter((entry) => entry.agent_id !== deps.agentId));
    // A Controller that goes back would be asked without end.
    after = next !== undefined && next > after ? next : undefined;
  }
  return Promise.all(found.slice(0, limit).map((entry) => peerView(deps, entry)));
}

/** Returns one agent of the directory by its exact agent_id. Rejects with `unknown_agent` when there is none. */
export async function findPeerView(deps: DirectoryDeps, peerId: string): Promise<PeerView> {
  return peerView(deps, await deps.controller.agent(peerId));
}

async function peerView({ trust }: DirectoryDeps, entry: DirectoryEntry): Promise<PeerView> {
  await trust?.notice(entry.certificate);
  return {
    agentId: entry.agent_id,
    address: entry.address,
    status: entry.status,
    online: entry.online,
    signingFingerprint: (await describeCertificate(entry.certificate.signing)).fingerprint,
    verification: trust?.verificationOf(entry.agent_id) ?? 'unverified',
  };
}
