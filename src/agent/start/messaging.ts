import { toHex } from '../../protocol/bytes.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { exportSpki } from '../controller/identity.ts';
import { Presence } from '../controller/presence.ts';
import { AnswerStreams, type AnswerStreamsDeps } from '../messages/answer-streams.ts';
import { Answerers } from '../messages/answerers.ts';
import { CallStreams } from '../messages/call-streams.ts';
import { NetworkCarrier, type NetworkCarrierDeps } from '../messages/carrier.ts';
import { Closing, type ClosingDeps } from '../messages/closing.ts';
import { Delivery } from '../messages/delivery.ts';
import { Inbox, type InboxDeps } from '../messages/inbox.ts';
import { KeyUpdater, type KeyUpdaterDeps } from '../messages/key-updater.ts';
import { LostAnswers, type LostAnswersDeps } from '../messages/lost-answers.ts';
import { MessageExchange } from '../messages/message-exchange.ts';
import { Outbox, type OutboxDeps } from '../messages/outbox.ts';
import { OwnMethods } from '../messages/own-methods.ts';
import { PeerCalls } from '../messages/peer-calls.ts';
import { noAnswers, ReadAnswers } from '../messages/read-answers.ts';
import { StreamCalls } from '../messages/stream-calls.ts';
import { createAgentApp } from '../serve/agent-app.ts';
import { Connector } from '../sessions/connector.ts';
import { Pauses } from '../sessions/pauses.ts';
import { PeerIdentities } from '../sessions/peer-identities.ts';
import { RevocationWatch } from '../sessions/revocation-watch.ts';
import { WireLog } from '../state/wire-log.ts';
import { AgentStreams } from '../streams/agent-streams.ts';
import { WaitTurns } from '../streams/wait-turns.ts';
import { SafetyNumbers } from '../trust/safety-numbers.ts';
import type { Opened } from './opened.ts';
import type { StartDeps } from './ready-agent.ts';

export type Messaging = Awaited<ReturnType<typeof startMessaging>>;

/** Puts together what answers peers and what asks them. Nothing of it is at work by itself. */
export async function startMessaging(
  deps: StartDeps,
  { trail, checks, own, peers, history, away, left }: Opened & Pick<OutboxDeps, 'away'> & Pick<InboxDeps, 'left'>,
) {
  const { environment, controller, activity, scheduler, methods, network, limits, clock, address } = deps;
  const now = () => unixSeconds(environment);
  const audit = trail.auditing.recorder;
  const { verifyGoingOn, verifyCertificates, revocations } = checks;
  const { sessions, verified, resumptions } = peers;
  const { requests, service } = history;
  const newId = () => toHex(environment.random(8));
  const answerers = new Answerers(methods, scheduler);
  const ownMethods = new OwnMethods();
  const streams = new AgentStreams({ environment, scheduler });
  const inbox = new Inbox({
    activity,
    history: service.history,
    requests,
    answerers,
    ownMethods,
    ...{ left, streams, scheduler, environment },
  });
  const watch = new RevocationWatch({
    revocations,
    sessions,
    ...{ requests: answerers, streams },
    resumptions,
    audit,
    identity: own.identity,
    ownRevoked: deps.ownRevoked,
    verifyGoingOn,
    now,
  });
  const pauses = new Pauses(scheduler);
  const wireLog = new WireLog(activity, environment, newId);
  const identities = new PeerIdentities();
  const { identity } = own;
  const shared = {
    ...peers,
    ...{ activity, audit, controller, identities, identity, limits, network, pauses, verifyGoingOn, watch, wireLog },
    written: () => service.history.settled(),
  };
  const connector = new Connector({ ...shared, clock });
  const sending = sendingWith({ ...shared, environment, newId });
  const presence = new Presence(
    controller,
    (address) => deps.isPresenceKnown === true || deps.ownConnection?.forwards(address) === true,
    () => environment.now(),
  );
  const delivering = {
    ...{ ...shared, ...sending, environment, scheduler, presence, newId },
    ownConnection: deps.ownConnection,
    connect: (peerId: string) => connector.connect(peerId),
  };
  const readAnswers = deps.readsAnswers === true ? new ReadAnswers({ activity, scheduler }) : undefined;
  const answers = readAnswers ?? noAnswers;
  const asking = askingWith({ ...delivering, history: service.history, away, answers });
  const signingSpki = await exportSpki(environment.subtle, deps.stored.signing.publicKey);
  const self = { agentId: identity.agentId, signingSpki };
  const forgetResumptions = (peerId: string) => resumptions.forgetPeer(peerId);
  const safetyNumbers = new SafetyNumbers({
    ...{ environment, controller, sessions, verified, self },
    verifyCertificates,
    forgetResumptions,
  });
  const app = createAgentApp({ ...shared, environment, address, inbox, ...sending });
  const { keyUpdater } = sending;
  const answering = { inbox, answerers, ownMethods, streams };
  return { ...asking, ...answering, readAnswers, presence, watch, pauses, connector, keyUpdater, safetyNumbers, app };
}

/** Puts together what peers are asked with. */
function askingWith(
  deps: Omit<OutboxDeps, 'streamCalls' | 'answerStreams'> &
    Omit<ClosingDeps, 'delivery' | 'streamCalls'> &
    Pick<AnswerStreamsDeps, 'activity' | 'sessions' | 'pauses'>,
) {
  const streamCalls = new StreamCalls(deps);
  const now = () => deps.environment.now();
  const reading = { ...deps, calls: streamCalls, turns: new WaitTurns() };
  const answerStreams = new AnswerStreams({ ...reading, now });
  const peerCalls = new PeerCalls(deps);
  return {
    answerStreams,
    outbox: new Outbox({ ...deps, streamCalls, answerStreams }),
    closing: new Closing({ ...deps, delivery: new Delivery(deps), streamCalls }),
    peerCalls,
    callStreams: new CallStreams(peerCalls, reading),
    streamCalls,
  };
}

/** Puts together what messages and key updates are sent with. */
function sendingWith(deps: NetworkCarrierDeps & LostAnswersDeps & Pick<KeyUpdaterDeps, 'sessions' | 'newId'>) {
  const exchange = new MessageExchange(new NetworkCarrier(deps));
  const lostAnswers = new LostAnswers(deps);
  const keyUpdater = new KeyUpdater({ exchange, lostAnswers, sessions: deps.sessions, newId: deps.newId });
  return { exchange, lostAnswers, keyUpdater };
}
