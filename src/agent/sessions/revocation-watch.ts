import { asParleyError, type ParleyError } from '../../protocol/errors.ts';
import type { CertificatePair, OwnIdentity, VerifyCertificates } from '../../protocol/handshake/identity.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { AuditRecorder } from '../audit/recorder.ts';
import type { Revocations } from '../controller/revocations.ts';
import { peerKeyOf } from './peer-key.ts';
import type { Resumptions } from './resumptions.ts';
import type { SessionTable } from './session-table.ts';

/** The requests that peers wait for an answer to. */
interface RequestsUnderWay {
  /** Returns the sessions that they came by. */
  underWay(): Iterable<Session>;
  /** Ends those of a session; their peers are told of `error`. */
  abort(session: Session, error: ParleyError): void;
}

/** The streams that peers read and write. */
interface PeerStreams {
  /** Ends all streams of a peer's signing key, and forgets them. */
  endAll(error: ParleyError, peerKey: string): void;
}

/** What the watch works with. */
export interface RevocationWatchDeps {
  readonly revocations: Revocations;
  readonly sessions: SessionTable;
  readonly requests: RequestsUnderWay;
  readonly streams: PeerStreams;
  readonly resumptions: Resumptions;
  readonly audit: AuditRecorder;
  /** This agent's own certificates, as they are in use. */
  readonly identity: Pick<OwnIdentity, 'certificates'>;
  /** Hears that the newest CRL lists this agent itself: it can neither send nor answer any more. */
  ownRevoked(): void;
  /** The check that lets a superseded certificate pass while its key has another one that is valid. */
  readonly verifyGoingOn: VerifyCertificates;
  /** Unix seconds. */
  now(): number;
}

/** Applies every new CRL to everything that is under way with the peers it lists (protocol page, section 3). */
export class RevocationWatch {
  readonly #deps: RevocationWatchDeps;
  /** Whether the CRL of this number lists these own certificates. */
  #ownLook:
    | {
        readonly number: number | undefined;
        readonly certificates: CertificatePair;
        readonly isListed: Promise<boolean>;
      }
    | undefined;

  constructor(deps: RevocationWatchDeps) {
    this.#deps = deps;
  }

  /**
   * Looks for a newer CRL unless one was just fetched; a new one is applied before this resolves. What resumes sessions stays: a
   * resumption that is being looked at is refused for what it is, by the check of its certificates.
   */
  async refresh(): Promise<void> {
    const { revocations } = this.#deps;
    const before = revocations.current;
    await revocations.refresh();
    if (revocations.current !== before) await this.#endListed();
  }

  /** Looks for a CRL that is signed after this call, and applies it. */
  async check(): Promise<void> {
    await this.#deps.revocations.refresh(true);
    await this.apply();
  }

  /**
   * Checks certificates by `verify` against the newest CRL and then runs `body` in the same step: no CRL can come between the two.
   * Rejects with the code of the check.
   */
  async whenGood<T>(verify: VerifyCertificates, pair: CertificatePair, body: () => T): Promise<T> {
    const { revocations, now } = this.#deps;
    for (;;) {
      const list = revocations.current;
      await verify(pair, now());
      if (revocations.current === list) return body();
    }
  }

  /** Ends what is under way with every peer that the newest CRL lists, and deletes what resumes its sessions. */
  async apply(): Promise<void> {
    const { resumptions } = this.#deps;
    await this.#endListed();
    await resumptions.forgetExpired().catch(doNothing);
    for (const record of resumptions.all()) {
      const isRevoked = (await this.#refusalOf(record.peerCertificates)) !== undefined;
      if (isRevoked) await resumptions.take(record.id).catch(doNothing);
    }
  }

  /** Ends sessions, half-open handshakes and requests of listed peers, and says when this agent is listed. */
  async #endListed(): Promise<void> {
    const { sessions, requests, streams, audit, identity, ownRevoked } = this.#deps;
    for (const { sessionId, peer } of sessions.halfOpen.waiting()) {
      const error = await this.#refusalOf(peer.certificates);
      if (error !== undefined) sessions.halfOpen.end(sessionId, error);
    }
    for (const session of sessions.alive()) {
      const error = await this.#refusalOf(session.peer.certificates);
      if (error === undefined) continue;
      audit.revoked(session.peer);
      sessions.end(session, 'CLOSED', error);
      streams.endAll(error, peerKeyOf(session.peer));
    }
    // Also of a session that has ended before its request was answered.
    for (const session of requests.underWay()) {
      const error = await this.#refusalOf(session.peer.certificates);
      if (error === undefined) continue;
      requests.abort(session, error);
      streams.endAll(error, peerKeyOf(session.peer));
    }
    if (await this.#listsOwn(identity.certificates)) ownRevoked();
  }

  /** True when the newest CRL lists this agent. It is looked up once for each CRL and pair: a CRL is asked for every minute. */
  #listsOwn(certificates: CertificatePair): Promise<boolean> {
    const number = this.#deps.revocations.current?.number;
    if (this.#ownLook?.number !== number || this.#ownLook?.certificates !== certificates) {
      const isListed = this.#refusalOf(certificates).then((error) => error !== undefined);
      this.#ownLook = { number, certificates, isListed };
    }
    return this.#ownLook.isListed;
  }

  /**
   * Returns the refusal of a pair of certificates. Only a CRL that lists the peer ends anything; an unknown status
   * does not (protocol page, section 2).
   */
  async #refusalOf(pair: CertificatePair): Promise<ParleyError | undefined> {
    const { verifyGoingOn, now } = this.#deps;
    const error = await verifyGoingOn(pair, now()).then(doNothing, asParleyError);
    return error?.code === 'certificate_revoked' ? error : undefined;
  }
}

function doNothing(): void {}
