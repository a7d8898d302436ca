import { type Bytes, toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import type { WitnessedEnvelope } from '../../protocol/session/message-context.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { SessionView } from '../contracts/views.ts';
import { commit, committedText, openingOf } from './entry/commitment.ts';
import type { EntryBody } from './entry/entries.ts';
import type { HandshakeNotes } from './entry/handshake-notes.ts';
import { type GroupNote, groupEntryOf, groupNoteSize } from './group-note.ts';
import { LimitedTrail } from './limited-trail.ts';
import { type Counted, RefusalBudget, refusalSpanMs } from './refusal-budget.ts';
import { StreamSteps } from './stream-steps.ts';
import type { AuditTrail } from './trail.ts';

/** What the recorder works with. */
export interface RecorderDeps {
  /** Whose trail it is. */
  readonly agentId: string;
  readonly trail: AuditTrail;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
  readonly scheduler: Scheduler;
  /** HMAC-SHA-256: makes the openings of commitments. */
  readonly openingKey: CryptoKey;
  /** Characters of entries that a peer may cause in an hour; 4 MiB when absent. */
  readonly quotaPerHour?: number;
  /** Returns the tag of an exchange in the history. */
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

/** About how many characters an entry takes. */
const sizes = { small: 400, certificate: 2_000, message: 750, resumption: 9_000, handshake: 17_000 } as const;

/** Sessions that are known to be left out of the trail, at most. */
const mostUnrecorded = 10_000;

const messageTypes = ['REQUEST', 'RESPONSE', 'CLOSE', 'KEY_UPDATE', 'CANCEL', 'STREAM_WRITE'] as const;

/** Turns what an agent does into entries of its audit trail. No call waits, and none throws. */
export class AuditRecorder {
  readonly #deps: RecorderDeps;
  readonly #refusals = new RefusalBudget();
  readonly #steps = new StreamSteps();
  readonly #trail: LimitedTrail;
  /** Sessions whose beginning was over its peer's quota: nothing in them could be proven. */
  readonly #unrecorded = new Set<string>();
  readonly #certificates = new Set<string>();
  #counting: { cancel(): void } | undefined;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#trail = new LimitedTrail(deps);
  }

  /** Says that the trail has a certificate already, by its SHA-256 in hex. */
  know(fingerprint: string): void {
    this.#certificates.add(fingerprint);
  }

  /**
   * Records the certificates of a peer with whom a session was made. Whoever the Controller has certified under this
   * agent's own name has them in the handshake alone: beside that, the trail has one set of this agent's.
   */
  peerCertificates(peer: PeerIdentity): void {
    if (peer.agentId !== this.#deps.agentId) {
      this.#addCertificates(peer, (body) => this.#trail.addOf(peer.agentId, sizes.certificate, body));
    }
  }

  /** Records this agent's own certificates, which have passed the check of the protocol page, section 2. */
  certificates(own: PeerIdentity): void {
    this.#addCertificates(own, (body) => this.#trail.add(body));
  }

  #addCertificates(
    { agentId, certificates, signingFingerprint, encryptionFingerprint }: PeerIdentity,
    add: (body: EntryBody) => void,
  ): void {
    const seen = [
      { use: 'signing', der: certificates.signing, hash: signingFingerprint },
      { use: 'encryption', der: certificates.encryption, hash: encryptionFingerprint },
    ] as const;
    for (const { use, der, hash } of seen) {
      const fingerprint = toHex(hash);
      if (this.#certificates.has(fingerprint)) continue;
      this.#certificates.add(fingerprint);
      add({ kind: 'certificate', use, agent_id: agentId, fingerprint, der: encodeBase64(der) });
    }
  }

  /** Records a step of a session, as it is traced. */
  trace(sessionId: string, peerId: string, event: TraceEvent): void {
    if (event.kind !== 'epoch') return;
    const { number: epoch, by, keyFingerprint } = event;
    if (this.#unrecorded.has(sessionId)) return;
    this.#trail.addOf(peerId, sizes.small, {
      kind: 'key_update',
      session_id: sessionId,
      peer_id: peerId,
      epoch,
      by,
      key_fingerprint: keyFingerprint,
    });
  }

  /** Records a session's view, as it is now and as it was. */
  session(now: SessionView, before: SessionView | undefined): void {
    const { sessionId: session_id, peerId: peer_id, status, failure } = now;
    if (status === before?.status) return;
    // The handshake of a peer that never went on; whoever is refused is told by `refused`.
    if (status === 'FAILED' && now.role === 'server' && failure?.code === 'answer_timeout') this.failed(now);
    if (status !== 'CLOSED' && status !== 'EXPIRED') return;
    if (this.#unrecorded.has(session_id)) return;
    const reason = failure === undefined ? {} : { code: failure.code, detail: cutText(failure.detail, 600) };
    this.#trail.addOf(peer_id, sizes.small, { kind: 'session_ended', session_id, peer_id, status, ...reason });
  }

  /** Records a handshake or a resumption that has made a session. */
  established(view: SessionView, notes: HandshakeNotes): void {
    const { sessionId: session_id, peerId: peer_id, role, expiresAt: expires_at, keyFingerprint = '', resumes } = view;
    const { passed } = notes.checks;
    const made = { session_id, peer_id, role, expires_at, key_fingerprint: keyFingerprint, passed };
    if (resumes !== undefined) {
      const resume_hello = notes.message('RESUME_HELLO');
      const resume_accept = notes.message('RESUME_ACCEPT');
      if (resume_hello === undefined || resume_accept === undefined) return;
      const isAdded =
        !this.#unrecorded.has(resumes) &&
        this.#trail.addOf(peer_id, sizes.resumption, {
          kind: 'resumption',
          ...made,
          resumes,
          resume_hello,
          resume_accept,
        });
      if (!isAdded) this.#leaveOut(session_id);
      return;
    }
    const client_hello = notes.message('CLIENT_HELLO');
    const server_hello = notes.message('SERVER_HELLO');
    const client_confirm = notes.message('CLIENT_CONFIRM');
    const session_established = notes.message('SESSION_ESTABLISHED');
    if (client_hello === undefined || server_hello === undefined) return;
    if (client_confirm === undefined || session_established === undefined) return;
    const messages = { client_hello, server_hello, client_confirm, session_established };
    const isAdded = this.#trail.addOf(peer_id, sizes.handshake, { kind: 'handshake', ...made, ...messages });
    if (!isAdded) this.#leaveOut(session_id);
  }

  /** Leaves a session out of the trail, and with it what resumes it later. */
  #leaveOut(sessionId: string): void {
    this.#unrecorded.add(sessionId);
    const [oldest] = this.#unrecorded;
    if (this.#unrecorded.size > mostUnrecorded && oldest !== undefined) this.#unrecorded.delete(oldest);
  }

  /** Records a handshake or a resumption that this agent began and that has made no session. */
  failed({ sessionId: session_id, peerId: peer_id, role, failure }: SessionView, notes?: HandshakeNotes): void {
    const code = failure?.code ?? 'internal_error';
    const detail = cutText(failure?.detail ?? '', 600);
    const said = { session_id, peer_id: cutText(peer_id, 600), role, code, detail, ...checksOf(notes) };
    const body: EntryBody = { kind: 'handshake_failed', ...said };
    if (role === 'server') this.#trail.addOf(peer_id, sizes.small, body);
    else this.#trail.add(body);
  }

  /** Records an envelope that was sent to a peer or accepted from it. */
  message(peerId: string, { direction, header, digest, signature, payload }: WitnessedEnvelope): void {
    const { session_id, sender_id, epoch, sequence, timestamp } = header;
    const type = messageTypes.find((name) => name === payload.message_type);
    const { request_id: requestId } = payload;
    if (this.#steps.leavesOut(session_id, direction, payload)) return;
    if (type === undefined || typeof requestId !== 'string') return;
    // Counted as omitted with its session.
    const isRecorded = !this.#unrecorded.has(session_id);
    const { openingKey, environment, tagOf } = this.#deps;
    // Read now: whoever handles the message may change what it was given.
    const text = committedText(payload);
    const asker = (type !== 'RESPONSE') === (direction === 'sent') ? 'outgoing' : 'incoming';
    const about = exchangeOf(type, requestId, payload);
    const make = async (index: number): Promise<EntryBody> => {
      const opening = await openingOf(environment.subtle, openingKey, index);
      return {
        kind: 'message',
        session_id,
        peer_id: peerId,
        direction,
        type,
        header: { session_id, sender_id, epoch, sequence, timestamp },
        digest: encodeBase64(digest),
        signature: encodeBase64(signature),
        commitment: await commit(environment.subtle, opening, text),
        ...(about === undefined ? {} : { exchange: await tagOf(asker, peerId, about) }),
      };
    };
    const draft = { holds: text.length, make };
    // What this agent asks is its own doing, and so are the answers.
    const isOwn = asker === 'outgoing';
    if (isOwn && isRecorded) this.#trail.add(draft);
    else this.#trail.addOf(peerId, isRecorded ? sizes.message : Number.POSITIVE_INFINITY, draft);
  }

  /** Records an entry of a group's log, with what it did: once for each that is taken in or skipped, in the order of the log. */
  groupEntry(note: GroupNote): void {
    const { sender } = note.entry;
    // Begun now: what waits for its place in the trail does not hold a whole message.
    const body = groupEntryOf(this.#deps.environment.subtle, note);
    body.catch(() => undefined);
    const draft = { holds: 0, make: () => body };
    if (sender === this.#deps.agentId) this.#trail.add(draft);
    else this.#trail.addOf(sender, groupNoteSize, draft);
  }

  /** Records a request that was answered with a problem. A flood of them is counted, not kept one by one. */
  refused({ of, body, error, sessionId, senderId, notes }: Refused): void {
    const { environment } = this.#deps;
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
    this.#trail.add({ holds: 0, make });
  }

  /** Writes what is only counted when its time is over. */
  #countLater(): void {
    this.#counting ??= this.#deps.scheduler.after(refusalSpanMs, () => {
      this.#counting = undefined;
      this.#addOmitted(this.#refusals.close(this.#deps.environment.now()));
    });
  }

  #addOmitted(omitted: Counted['omitted']): void {
    if (omitted !== undefined) this.#trail.add({ kind: 'refusals_omitted', ...omitted });
  }

  /** Writes down at once what was only counted. */
  stop(): void {
    this.#counting?.cancel();
    this.#counting = undefined;
    this.#addOmitted(this.#refusals.take());
    this.#trail.stop();
  }

  /** Records that the Controller has revoked the certificates of a peer with an open session. */
  revoked({ agentId, signingFingerprint, encryptionFingerprint }: PeerIdentity): void {
    const [signing, encryption] = [toHex(signingFingerprint), toHex(encryptionFingerprint)];
    this.#trail.add({ kind: 'revocation', peer_id: agentId, signing, encryption });
  }

  /**
   * Records a mark on a peer's signing key, or another key of a verified peer. `keyHash` is H(SPKI DER), lowercase
   * hex.
   */
  verification(peerId: string, mark: 'verified' | 'changed' | 'dropped', keyHash: string): void {
    this.#trail.add({ kind: 'verification', peer_id: peerId, mark, key_hash: keyHash });
  }
}

/** Returns the request_id of the exchange that a message belongs to: a CANCEL to the one that it ends. */
function exchangeOf(type: string, requestId: string, { cancels }: JsonObject): string | undefined {
  if (type === 'CANCEL') return typeof cancels === 'string' ? cancels : undefined;
  return type === 'REQUEST' || type === 'RESPONSE' ? requestId : undefined;
}

function checksOf(notes: HandshakeNotes | undefined) {
  return notes?.checks ?? { passed: {} };
}
