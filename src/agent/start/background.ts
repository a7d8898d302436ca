import { watchEvents } from '../controller/event-watch.ts';
import type { OpenedFiles } from '../files/open-files.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Connector } from '../sessions/connector.ts';
import type { Resumptions } from '../sessions/resumptions.ts';
import type { RevocationWatch } from '../sessions/revocation-watch.ts';
import { SessionResumer } from '../sessions/session-resumer.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { Acquired } from './acquired.ts';
import type { StartDeps } from './ready-agent.ts';

/** Milliseconds between looks for a newer CRL while the agent is open. */
const revocationPollMs = 30_000;

/** What the background work acts on. */
interface BackgroundDeps {
  readonly resumptions: Resumptions;
  readonly sessions: SessionTable;
  readonly watch: Pick<RevocationWatch, 'check'>;
  readonly connector: Connector;
  readonly outbox: Outbox;
  readonly files: Pick<OpenedFiles, 'wake'>;
}

/** What is at work by itself. */
export interface Background {
  readonly resumer: SessionResumer;
  stop(): void;
}

/** Begins what happens by itself: looks for a newer CRL, resuming sessions, and following the Controller's events. */
export function startBackground(
  { scheduler, environment, network, controller, events, emit }: StartDeps,
  { resumptions, sessions, watch, connector, outbox, files }: BackgroundDeps,
  acquired: Acquired,
): Background {
  let poll = scheduler.after(revocationPollMs, tick);
  acquired.add(() => poll.cancel());
  function tick(): void {
    poll = scheduler.after(revocationPollMs, tick);
    void watch.check();
  }
  const resumer = new SessionResumer({
    resumptions,
    scheduler,
    now: () => environment.now(),
    isConnected: (peerId) => sessions.withPeer(peerId) !== undefined || connector.isConnecting(peerId),
    nextSession: (peerId, ms) => sessions.nextWithPeer(peerId, ms),
    resume: (peerId) => connector.resume(peerId),
    isAliveAt: (peerId) => connector.isAliveAt(peerId),
  });
  acquired.add(() => resumer.stop());
  const stopWatching =
    network.stream === undefined && events === undefined
      ? doNothing
      : watchEvents({
          controller,
          scheduler,
          now: () => environment.now(),
          chance: () => (environment.random(1)[0] ?? 0) / 256,
          feed: events,
          revoked: () => void watch.check(),
          directoryChanged: () => {
            resumer.look();
            void outbox.lookAround();
            files.wake();
            emit({ type: 'directory' });
          },
        });
  return {
    resumer,
    stop: () => {
      poll.cancel();
      resumer.stop();
      connector.stop();
      stopWatching();
    },
  };
}

function doNothing(): void {}
