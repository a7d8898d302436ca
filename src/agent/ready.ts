import { readRevocationList } from '../pki/revocation-list.ts';
import { createCertificateVerifier } from '../pki/verifier.ts';
import { type Environment, unixSeconds } from '../protocol/environment.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import type { HandshakeContext } from '../protocol/handshake/context.ts';
import type { CertificatePair } from '../protocol/handshake/identity.ts';
import type { Observer } from '../protocol/trace.ts';
import { limits } from '../protocol/wire/limits.ts';
import { Connector } from './connector.ts';
import type { ControllerClient } from './controller-client.ts';
import { watchEvents } from './event-watch.ts';
import { AgentHandshakeMemory, type SessionLimits } from './handshake-memory.ts';
import { exportSpki, identityView, ownIdentity } from './identity.ts';
import { Inbox } from './inbox.ts';
import type { MethodRegistry } from './methods.ts';
import { Outbox } from './outbox.ts';
import type { AgentStore, Network, Scheduler, StoredIdentity, StoredRegistration } from './ports.ts';
import type { Records } from './records.ts';
import { createAgentApp } from './responder.ts';
import { Revocations } from './revocations.ts';
import { SafetyNumbers } from './safety-numbers.ts';
import { SessionTable } from './session-table.ts';
import { VerifiedPeers } from './verified-peers.ts';
import type { AgentEvent, IdentityView } from './views.ts';
import { WireLog } from './wire-log.ts';

/** Milliseconds between looks for a newer CRL while the agent is open. */
const revocationPollMs = 30_000;

/** What a registered agent is made of. */
export interface ReadyParts {
  readonly stored: StoredIdentity;
  readonly registration: StoredRegistration;
  readonly address: string;
  readonly environment: Environment;
  readonly store: AgentStore;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly controller: ControllerClient;
  readonly records: Records;
  readonly emit: (event: AgentEvent) => void;
  readonly methods: MethodRegistry;
  readonly limits: SessionLimits;
}

/** A registered agent at work. */
export interface ReadyAgent {
  readonly identity: IdentityView;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly connector: Connector;
  readonly sessions: SessionTable;
  readonly verified: VerifiedPeers;
  readonly safetyNumbers: SafetyNumbers;
  /** Looks at a directory entry's certificates, so that a changed key is noticed before anybody connects. */
  notice(pair: CertificatePair): Promise<void>;
  readonly app: { fetch(request: Request): Promise<Response> };
  /** Looks for a newer CRL now, and ends the sessions of peers it lists. */
  checkRevocations(): Promise<void>;
  /** Ends the background work; sessions end without a CLOSE. */
  stop(): void;
}

/** Puts a registered agent together. Throws what the check of its own certificates throws. */
export async function startAgent(parts: ReadyParts): Promise<ReadyAgent> {
  const { environment, registration, records, scheduler, controller, store, network } = parts;
  const { caCertificate } = registration;
  const now = () => unixSeconds(environment);
  const revocations = new Revocations(controller, (der) => readRevocationList(der, caCertificate, now()), now);
  const verifyCertificates = createCertificateVerifier({ caCertificate, revocation: () => revocations.current });
  await revocations.refresh(true);
  const identity = await ownIdentity(
    environment.subtle,
    parts.stored,
    registration,
    // This agent's own certificates are checked at start also when no CRL can be had; peers need one.
    createCertificateVerifier({ caCertificate, revocation: () => revocations.current, unknownStatus: 'accept' }),
    now(),
  );

  const sessions = new SessionTable(records, scheduler, now);
  const memory = new AgentHandshakeMemory(store, now, () => sessions.room(), parts.limits);
  await memory.load();
  const verified = new VerifiedPeers({ store, environment, emit: parts.emit });
  await verified.load();
  const verifyUnchanged = verified.guard(verifyCertificates);
  const context = (observe: Observer): HandshakeContext => ({
    environment,
    observe,
    verifyCertificates: verifyUnchanged,
    memory,
  });
  const newId = () => Array.from(environment.random(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const wireLog = new WireLog(records, environment, newId);
  const inbox = new Inbox(records, parts.methods, scheduler, () => environment.now());
  const shared = { identity, controller, revocations, network, wireLog, records, sessions, memory, verified, context };
  const connector = new Connector(shared);
  const outbox = new Outbox({
    ...shared,
    environment,
    scheduler,
    newId,
    connect: (peerId) => connector.connect(peerId),
  });
  sessions.established = (session) => {
    session.updates.retry = async () => {
      await outbox.updateKeys(session);
    };
  };
  const signingSpki = await exportSpki(environment.subtle, parts.stored.signing.publicKey);
  const self = { agentId: identity.agentId, signingSpki };
  const safetyNumbers = new SafetyNumbers({ environment, controller, sessions, verified, self, verifyCertificates });
  const app = createAgentApp({ ...shared, address: parts.address, inbox });

  const checkRevocations = async () => {
    await revocations.refresh(true);
    for (const session of sessions.alive()) {
      try {
        await verifyCertificates(session.peer.certificates, now());
      } catch (cause) {
        const error = asParleyError(cause);
        // Only a fresh CRL that lists the peer ends a session; an unknown status does not (protocol page, section 2).
        if (error.code === 'certificate_revoked') sessions.end(session, 'CLOSED', error);
      }
    }
  };
  let poll = scheduler.after(revocationPollMs, tick);
  function tick(): void {
    poll = scheduler.after(revocationPollMs, tick);
    void checkRevocations();
  }

  const stopWatching =
    network.stream === undefined
      ? doNothing
      : watchEvents({
          controller,
          scheduler,
          now: () => environment.now(),
          chance: () => (environment.random(1)[0] ?? 0) / 256,
          revoked: () => void checkRevocations(),
          directoryChanged: () => parts.emit({ type: 'directory' }),
        });

  return {
    identity: await identityView(parts.stored, registration, parts.address),
    inbox,
    outbox,
    connector,
    sessions,
    verified,
    safetyNumbers,
    // Certificates that are refused anyway say nothing about a key.
    notice: (pair) => verifyUnchanged(pair, now()).then(doNothing, doNothing),
    app,
    checkRevocations,
    stop: () => {
      poll.cancel();
      stopWatching();
      for (const session of sessions.alive()) sessions.end(session, 'CLOSED');
    },
  };
}

function doNothing(): void {}

/** The session limits of the protocol page, section 3. */
export const standardLimits: SessionLimits = { sessions: limits.sessions, halfOpen: limits.halfOpenHandshakes };

/** What every call says before the agent is ready. */
export function notReady(): ParleyError {
  return new ParleyError('not_registered', 'This agent is not ready yet. Wait until it has registered.');
}
