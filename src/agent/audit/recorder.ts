import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Environment } from '../../protocol/environment.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import type { WitnessedEnvelope } from '../../protocol/session/envelope.ts';
import type { TraceEvent } from '../../protocol/trace.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { Scheduler } from '../ports.ts';
import type { SessionView } from '../views.ts';
import { commit, committedText, openingOf } from './commitment.ts';
import type { EntryBody } from './entries.ts';
import type { HandshakeNotes } from './handshake-notes.ts';
import { type Counted, RefusalBudget, refusalSpanMs } from './refusal-budget.ts';
import type { AuditTrail } from './trail.ts';

/** What the recorder works with. */
export interface RecorderParts {
  /** Whose trail it is. */
  readonly agentId: string;
  readonly trail: AuditTrail;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
  readonly scheduler: Scheduler;
  /** HMAC-SHA-256: makes the openings of commitments. */
  readonly openingKey: CryptoKey;
  /** The tag of an exchange in the history. */
  tagOf(direction: 'outgoing' | 'incoming', peerId: string, requestId: string): Promise<string>;
}

/** A request that was answered with a problem. */
export interface Refused {
  readonly of: 'handshake' | 'message';
  readonly body: Bytes;
  readonly error: ParleyError;
  /** What the body claims; empty when it cannot be read. */
  readonly sessionId: string;
  readonly senderId: string;
  readonly notes: HandshakeNotes | undefined;
}

const messageTypes = ['REQUEST', 'RESPONSE', 'CLOSE', 'KEY_UPDATE'] as const;

/** Turns what an agent does into entries of its audit trail. No call waits, and none throws. */
export class AuditRecorder {
  readonly #parts: RecorderParts;
  readonly #refusals = new RefusalBudget();
  readonly #certificates = new Set<string>();
  #counting: { cancel(): void } | undefined;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  #add(body: EntryBody): void {
    this.#parts.trail.add(body);
  }

  /** Says that the trail has a certificate already, by its SHA-256 in hex. */
  know(fingerprint: string): void {
    this.#certificates.add(fingerprint);
  }

  /**
   * The certificates of a peer with whom a session was made. Whoever the Controller has certified under this agent's own name has
   * them in the handshake alone: beside that, the trail has one set of this agent's.
   */
  peerCertificates(peer: PeerIdentity): void {
    if (peer.agentId !== this.#parts.agentId) this.certificates(peer);
  }

  /** Certificates that have passed the check of the protocol page, section 2. */
  certificates({ agentId, certificates, signingFingerprint, encryptionFingerprint }: PeerIdentity): void {
    const seen = [
      { use: 'signing', der: certificates.signing, hash: signingFingerprint },
      { use: 'encryption', der: certificates.encryption, hash: encryptionFingerprint },
    ] as const;
    for (const { use, der, hash } of seen) {
      const fingerprint = toHex(hash);
      if (this.#certificates.has(fingerprint)) continue;
      this.#certificates.add(fingerprint);
      this.#add({ kind: 'certificate', use, agent_id: agentId, fingerprint, der: encodeBase64(der) });
    }
  }

  /** A step of a session, as it is traced. */
  trace(sessionId: string, peerId: string, event: TraceEvent): void {
    if (event.kind !== 'epoch') return;
    const { number: epoch, by, keyFingerprint } = event;
    this.#add({
      kind: 'key_update',
      session_id: sessionId,
      peer_id: peerId,
      epoch,
      by,
      key_fingerprint: keyFingerprint,
    });
  }

  /** A session's view, as it is now and as it was. */
  session(now: SessionView, before: SessionView | undefined): void {
    const { sessionId: session_id, peerId: peer_id, status, failure } = now;
    if (status === before?.status) return;
    // The handshake of a peer that never went on; whoever is refused is told by `refused`.
    if (status === 'FAILED' && now.role === 'server' && failure?.code === 'answer_timeout') this.failed(now);
    if (status !== 'CLOSED' && status !== 'EXPIRED') return;
    const reason = failure === undefined ? {} : { code: failure.code, detail: cutText(failure.detail, 600) };
    this.#add({ kind: 'session_ended', session_id, peer_id, status, ...reason });
  }

  /** A handshake or a resumption that has made a session. */
  established(view: SessionView, notes: HandshakeNotes): void {
    const { sessionId: session_id, peerId: peer_id, role, expiresAt: expires_at, keyFingerprint = '', resumes } = view;
    const { passed } = notes.checks;
    const made = { session_id, peer_id, role, expires_at, key_fingerprint: keyFingerprint, passed };
    if (resumes !== undefined) {
      const resume_hello = notes.message('RESUME_HELLO');
      const resume_accept = notes.message('RESUME_ACCEPT');
      if (resume_hello === undefined || resume_accept === undefined) return;
      this.#add({ kind: 'resumption', ...made, resumes, resume_hello, resume_accept });
      return;
    }
    const client_hello = notes.message('CLIENT_HELLO');
    const server_hello = notes.message('SERVER_HELLO');
    const client_confirm = notes.message('CLIENT_CONFIRM');
    const session_established = notes.message('SESSION_ESTABLISHED');
    if (client_hello === undefined || server_hello === undefined) return;
    if (client_confirm === undefined || session_established === undefined) return;
    this.#add({ kind: 'handshake', ...made, client_hello, server_hello, client_confirm, session_established });
  }

  /** A handshake or a resumption that this agent began and that has made no session. */
  failed({ sessionId: session_id, peerId: peer_id, role, failure }: SessionView, notes?: HandshakeNotes): void {
    const code = failure?.code ?? 'internal_error';
    const detail = cutText(failure?.detail ?? '', 600);
    this.#add({
      kind: 'handshake_failed',
      session_id,
      peer_id: cutText(peer_id, 600),
      role,
      code,
      detail,
      ...checksOf(notes),
    });
  }

  /** An envelope that was sent to a peer or accepted from it. */
  message(peerId: string, { direction, header, digest, signature, payload }: WitnessedEnvelope): void {
    const type = messageTypes.find((name) => name === payload.message_type);
    const { request_id: requestId } = payload;
    if (type === undefined || typeof requestId !== 'string') return;
    const { openingKey, environment, tagOf, trail } = this.#parts;
    // Read now: whoever handles the message may change what it was given.
    const text = committedText(payload);
    const isAsked = type === 'REQUEST';
    const asker = isAsked === (direction === 'sent') ? 'outgoing' : 'incoming';
    const isKept = isAsked || type === 'RESPONSE';
    const make = async (index: number): Promise<EntryBody> => {
      const opening = await openingOf(environment.subtle, openingKey, index);
      return {
        kind: 'message',
        session_id: header.session_id,
        peer_id: peerId,
        direction,
        type,
        header: { ...header },
        digest: encodeBase64(digest),
        signature: encodeBase64(signature),
        commitment: await commit(environment.subtle, opening, text),
        ...(isKept ? { exchange: await tagOf(asker, peerId, requestId) } : {}),
      };
    };
    trail.add({ holds: text.length, make });
  }

  /** A request that was answered with a problem. A flood of them is counted, not kept one by one. */
  refused({ of, body, error, sessionId, senderId, notes }: Refused): void {
    const { environment, trail } = this.#parts;
    const { isKept, omitted } = this.#refusals.count(environment.now());
    this.#addOmitted(omitted);
    if (!isKept) {
      this.#countLater();
      return;
    }
    // Begun now, so that what waits for its place in the trail does not hold a whole body.
    const digest = sha256(environment.subtle, body);
    digest.catch(() => undefined);
    const size = body.length;
    const make = async (): Promise<EntryBody> => ({
      kind: 'refusal',
      of,
      code: error.code,
      ...(senderId === '' ? {} : { claimed_sender: cutText(senderId, 63) }),
      ...(sessionId === '' ? {} : { claimed_session: cutText(sessionId, 32) }),
      digest: toHex(await digest),
      size,
      ...checksOf(notes),
    });
    trail.add({ holds: 0, make });
  }

  /** What is only counted is written down when its time is over. */
  #countLater(): void {
    this.#counting ??= this.#parts.scheduler.after(refusalSpanMs, () => {
      this.#counting = undefined;
      this.#addOmitted(this.#refusals.close(this.#parts.environment.now()));
    });
  }

  #addOmitted(omitted: Counted['omitted']): void {
    if (omitted !== undefined) this.#add({ kind: 'refusals_omitted', ...omitted });
  }

  /** Writes down at once what was only counted. */
  stop(): void {
    this.#counting?.cancel();
    this.#counting = undefined;
    this.#addOmitted(this.#refusals.take());
  }

  /** A peer with an open session whose certificates the Controller has revoked. */
  revoked({ agentId, signingFingerprint, encryptionFingerprint }: PeerIdentity): void {
    const [signing, encryption] = [toHex(signingFingerprint), toHex(encryptionFingerprint)];
    this.#add({ kind: 'revocation', peer_id: agentId, signing, encryption });
  }

  /** A mark on a peer's signing key, or another key of a verified peer. `keyHash` is H(SPKI DER), lowercase hex. */
  verification(peerId: string, mark: 'verified' | 'changed' | 'dropped', keyHash: string): void {
    this.#add({ kind: 'verification', peer_id: peerId, mark, key_hash: keyHash });
  }
}

function checksOf(notes: HandshakeNotes | undefined) {
  return notes?.checks ?? { passed: {} };
}
