import { describeCertificate } from '../pki/describe.ts';
import { limits } from '../protocol/limits.ts';
import type { PeerView } from './contracts/views.ts';
import type { ControllerClient, DirectoryEntry } from './controller/client.ts';
import type { ReadyAgent } from './start.ts';

/** Peers of a page when the caller does not say, and at most. */
const peersPerPage = 100;
const longestPage = limits.longestPage;

/** Which part of the directory: `limit` peers (100; 500 at most) whose agent_id comes after `after` (from the first on). */
export interface PeerPage {
  readonly after?: string;
  readonly limit?: number;
}

/** What the directory is read with. */
export interface DirectoryDeps {
  readonly controller: ControllerClient;
  /** Whose peers they are: it is none of them. */
  readonly agentId: string;
  /** Undefined before the agent is ready. */
  readonly ready: ReadyAgent | undefined;
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

async function peerView({ ready }: DirectoryDeps, entry: DirectoryEntry): Promise<PeerView> {
  await ready?.notice(entry.certificate);
  return {
    agentId: entry.agent_id,
    address: entry.address,
    status: entry.status,
    online: entry.online,
    signingFingerprint: (await describeCertificate(entry.certificate.signing)).fingerprint,
    verification: ready?.verified.view(entry.agent_id).verification ?? 'unverified',
  };
}
