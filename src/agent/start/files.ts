import type { AgentStore } from '../contracts/ports.ts';
import type { Presence } from '../controller/presence.ts';
import { type OpenedFiles, openFiles } from '../files/open-files.ts';
import type { CallStreams } from '../messages/call-streams.ts';
import type { OwnMethods } from '../messages/own-methods.ts';
import type { PeerCalls } from '../messages/peer-calls.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { Acquired } from './acquired.ts';
import type { StartDeps } from './ready-agent.ts';

/** What files stand on. */
interface StartFilesParts {
  readonly ownMethods: OwnMethods;
  readonly peerCalls: PeerCalls;
  readonly callStreams: CallStreams;
  readonly presence: Presence;
  readonly sessions: SessionTable;
}

/** Opens the files of an agent, and has them hear of every session that begins. Rejects with `storage_failed`. */
export async function startFiles(
  deps: Pick<StartDeps, 'environment' | 'scheduler' | 'emit' | 'stored'> & {
    readonly store: Pick<AgentStore, 'files'>;
  },
  { sessions, ...parts }: StartFilesParts,
  acquired: Acquired,
): Promise<OpenedFiles> {
  const { environment, scheduler, emit, store, stored } = deps;
  const opened = await openFiles({
    ...parts,
    ...{ environment, scheduler, emit, stores: store.files, agentId: stored.agentId },
    peerKey: (peerId) => {
      const session = sessions.withPeer(peerId);
      return session === undefined ? undefined : peerKeyOf(session.peer);
    },
  });
  const unfollow = sessions.follow((peerId) => opened.wake(peerId));
  acquired.add(unfollow);
  acquired.add(() => opened.files.stop());
  return {
    ...opened,
    stop: async () => {
      unfollow();
      await opened.files.stop();
    },
  };
}
