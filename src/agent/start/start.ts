import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { certificateChecks } from '../controller/certificate-checks.ts';
import { OwnCertificates } from '../controller/own-certificates.ts';
import type { OpenedFiles } from '../files/open-files.ts';
import type { StartedGroups } from '../groups/start-groups.ts';
import { groupsNotOpen } from '../groups/unavailable.ts';
import { awayOf } from '../messages/away.ts';
import type { RevocationWatch } from '../sessions/revocation-watch.ts';
import { acquiring } from './acquired.ts';
import { type Background, startBackground } from './background.ts';
import { startFiles } from './files.ts';
import { openGroups } from './groups.ts';
import { type Messaging, startMessaging } from './messaging.ts';
import { loadPeers, type Opened, openHistory, openTrail } from './opened.ts';
import type { ReadyAgent, StartDeps } from './ready-agent.ts';

/**
 * Starts a registered agent. Throws `storage_failed`, and the codes of the check of its own certificates; then nothing is left at work.
 */
export function startAgent(deps: StartDeps): Promise<ReadyAgent> {
  return acquiring(async (acquired) => {
    const trail = await openTrail(deps, acquired);
    const checks = certificateChecks({
      controller: deps.controller,
      caCertificate: deps.registration.caCertificate,
      now: () => unixSeconds(deps.environment),
    });
    await checks.revocations.refresh(true);
    const own = await OwnCertificates.check({
      ...deps,
      checks,
      accepted: (certificates) => trail.auditing.recorder.certificates(certificates),
    });
    const peers = await loadPeers(deps, trail, checks, acquired);
    const history = await openHistory(deps, trail, peers, acquired);
    const opened = Promise.withResolvers<StartedGroups | undefined>();
    const away = awayOf(opened.promise.then((groups) => groups?.away));
    const left = opened.promise.then((groups) => groups?.talk);
    const messaging = await startMessaging(deps, { trail, checks, own, peers, history, away, left });
    const groups = await openGroups(deps, {
      ...messaging,
      checks,
      own,
      ...peers,
      service: history.service,
      audit: trail.auditing.recorder,
    });
    opened.resolve(groups);
    acquired.add(() => groups?.stop());
    const files = await startFiles(deps, { ...messaging, ...peers }, acquired);
    await messaging.watch.apply();
    const watch = {
      check: async () => {
        await messaging.watch.check();
        await groups?.looking.trustChanged();
      },
    };
    const background = startBackground(deps, { ...peers, ...messaging, watch, files }, acquired);
    return readyAgent({ trail, own, peers, history, messaging: { ...messaging, watch }, groups, files, background });
  });
}

/** Everything that a start has put together. */
interface Started extends Omit<Opened, 'checks'> {
  readonly messaging: Omit<Messaging, 'watch'> & { readonly watch: Pick<RevocationWatch, 'check'> };
  readonly groups: StartedGroups | undefined;
  readonly files: OpenedFiles;
  readonly background: Background;
}

function readyAgent({ trail, own, peers, history, messaging, groups, files, background }: Started): ReadyAgent {
  const { verified, sessions, resumptions } = peers;
  const { watch, answerers, outbox, peerCalls, pauses, streams, streamCalls } = messaging;
  const { service, audit } = history;
  return {
    registration: own.registration,
    identity: own.view,
    renew: (registration) => own.renew(registration).finally(() => groups?.looking.woken()),
    ...messaging,
    audit,
    historyService: service,
    groups: groups?.groups ?? groupsNotOpen,
    files: files.files,
    goOn: () => {
      outbox.sendAgain(service.unanswered, (peerId) => background.resumer.of(peerId));
      groups?.looking.start();
      files.goOn();
    },
    resumer: background.resumer,
    sessions,
    verified,
    notice: peers.notice,
    verificationOf: (peerId) => verified.view(peerId).verification,
    checkRevocations: () => watch.check(),
    stop: async (reason) => {
      background.stop();
      const groupsOver = groups?.stop();
      const filesOver = files.stop();
      sessions.close(reason);
      trail.auditing.stop();
      service.stop();
      answerers.stop();
      streams.endAll(new ParleyError('stream_failed', 'The agent that was asked has stopped.'));
      // Nothing more is stored of what is under way then.
      outbox.stop(reason);
      peerCalls.stop(reason);
      streamCalls.stop(reason);
      pauses.stop();
      trail.unfollow();
      await resumptions.close();
      await groupsOver;
      await filesOver;
      await service.recordings.settled();
      await service.history.settled();
    },
  };
}
