import type { Bytes, SessionId } from '../../bytes.ts';
import { importEd25519Key } from '../../crypto/ed25519.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import type { KemKeyPair } from '../../crypto/kem.ts';
import { x25519 } from '../../crypto/x25519.ts';
import { ParleyError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { StepRecorder } from '../../trace/step-recorder.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { canonicalBytes, without } from '../../wire/canonical.ts';
import { ownExtensions, readExtensions } from '../../wire/extensions.ts';
import { parseHandshakeObject, parseMessage } from '../../wire/parse.ts';
import { resumeAccept } from '../../wire/resumption-messages.ts';
import type { Established, HandshakeStep } from '../established.ts';
import { takeKeyFingerprint } from '../fingerprints.ts';
import { checkHelloTime } from '../hello-checks.ts';
import type { OwnIdentity, PeerIdentity } from '../identity.ts';
import {
  completeKeyExchange,
  generateKeyExchangeShares,
  type KeyExchangeShares,
  oneAfterAnother,
} from '../key-exchange.ts';
import { newSessionId } from '../session-id.ts';
import { Transcript } from '../transcript.ts';
import { helloBinder, isAcceptBound, isSignedResumption, signResumption } from './proofs.ts';
import { type ResumptionContext, type ResumptionRecord, resumptionUnknown, useUp } from './record.ts';
import { scheduleResumedKeys } from './schedule.ts';

/** RESUME_HELLO is made; RESUME_ACCEPT is awaited. Good for one step. */
export interface AwaitingAccept {
  readonly phase: 'awaiting_accept';
  readonly sessionId: SessionId;
  readonly self: OwnIdentity['agentId'];
  readonly peer: PeerIdentity;
  readonly record: ResumptionRecord;
  readonly fresh: KeyExchangeShares;
  readonly kem: KemKeyPair;
  readonly tr1: Transcript;
}

/**
 * Takes a record and makes the RESUME_HELLO that uses it (protocol page, section 5), once its peer's certificates have been
 * looked at again. Throws what that look throws, `session_limit_reached`, or `resumption_unknown` when the record is used or
 * expired; the record is gone from then on.
 */
export async function initiateResumption(
  context: ResumptionContext,
  self: Pick<OwnIdentity, 'agentId'>,
  record: ResumptionRecord,
): Promise<HandshakeStep<AwaitingAccept>> {
  const { environment, observe, memory, resumptions, verifyCertificates } = context;
  const { subtle } = environment;
  const now = unixSeconds(environment);
  const steps = new StepRecorder(environment, observe, 'RESUME_HELLO');
  const peer = await steps.check('certificate', () => verifyCertificates(record.peerCertificates, now));
  const [fresh, kem] = await steps.operation('make_key_shares', () =>
    Promise.all([generateKeyExchangeShares(environment), environment.kem.generate()]),
  );
  const sessionId = newSessionId(environment.random(16));
  await steps.operation('reserve_session', () => memory.reserveSession(sessionId));
  if (record.expiresAt <= now) throw resumptionUnknown();
  await steps.operation('use_up_resumption', () => useUp(resumptions, record.id));
  const unsigned = {
    message_type: 'RESUME_HELLO',
    protocol: 'parley/1',
    session_id: sessionId,
    resumption_id: encodeBase64(record.id),
    sender_id: self.agentId,
    recipient_id: record.peerId,
    nonce: encodeBase64(fresh.nonce),
    timestamp: now,
    key_shares: { x25519: encodeBase64(fresh.x25519.publicKey), ml_kem_768: encodeBase64(kem.encapsulationKey) },
    session_signing_key: encodeBase64(fresh.signing.publicKey),
    ...(record.isExtended ? { extensions: ownExtensions } : {}),
  };
  const th0 = await Transcript.start(subtle);
  const signed = await steps.operation('sign', () =>
    signResumption(subtle, record.signingKey, 'resume hello', th0, unsigned),
  );
  const binder = await steps.operation('make_binder', () => helloBinder(subtle, record.key, signed));
  const hello = { ...signed, binder: encodeBase64(binder) };
  const tr1 = await th0.with(hello);
  steps.transcript('th0', th0.hash);
  steps.transcript('tr1', tr1.hash);
  const body = canonicalBytes(hello);
  steps.message('sent', 'RESUME_HELLO', body);
  return {
    state: { phase: 'awaiting_accept', sessionId, self: self.agentId, peer, record, fresh, kem, tr1 },
    body,
  };
}

/**
 * Checks a RESUME_ACCEPT and gives the session (protocol page, section 5). Throws `malformed_message`, `session_conflict`,
 * `stale_timestamp`, `replayed_nonce`, `signature_invalid`, `confirmation_failed` for a wrong binder, `key_exchange_failed` or
 * `session_expired`; then a full handshake is the way on.
 */
export async function handleResumeAccept(
  context: ResumptionContext,
  state: AwaitingAccept,
  received: Bytes,
): Promise<Established> {
  const { environment, observe, memory } = context;
  const { subtle } = environment;
  const { record, fresh, sessionId, tr1 } = state;
  const steps = new StepRecorder(environment, observe, 'RESUME_ACCEPT');
  steps.message('received', 'RESUME_ACCEPT', received);

  const { json, value: accept } = await steps.check('shape', () =>
    parseMessage(resumeAccept, parseHandshakeObject(received)),
  );
  await steps.check('session_id', () => {
    if (accept.session_id !== sessionId) {
      throw new ParleyError('session_conflict', 'The answer belongs to another resumption than the one it answers.');
    }
  });
  await checkHelloTime(context, steps, accept);
  await steps.check('nonce', () => {
    if (memory.hasNonce(record.id, accept.nonce))
      throw new ParleyError('replayed_nonce', 'This answer was seen before.');
  });
  await steps.check('signature', async () => {
    const key = record.peerSigningPublic;
    if (!(await isSignedResumption(subtle, key, 'resume accept', tr1, json, accept.signature))) {
      throw new ParleyError('signature_invalid', 'The signature does not cover this message. Nothing was derived.');
    }
  });
  await steps.operation('store_nonce', () => memory.recordNonce(record.id, accept.nonce));
  const tr = await tr1.with(without(json, 'binder'));
  steps.transcript('tr', tr.hash);
  await steps.check('binder', async () => {
    if (!(await isAcceptBound(subtle, record.key, tr.hash, accept.binder))) {
      throw new ParleyError('confirmation_failed', 'The peer did not prove that it holds the key of the old session.');
    }
  });
  const inTurn = oneAfterAnother();
  const [x25519Secret, kemSecret, peerSigningKey] = await completeKeyExchange(
    steps,
    inTurn(() =>
      steps.operation('agree_x25519', () => x25519(subtle, fresh.x25519.privateKey, accept.key_shares.x25519)),
    ),
    inTurn(() => steps.operation('decapsulate', () => state.kem.decapsulate(accept.key_shares.ml_kem_768))),
    inTurn(() => importEd25519Key(subtle, accept.session_signing_key)),
  );
  const keys = await scheduleResumedKeys(steps, subtle, 'client', {
    resumptionKey: record.key,
    shared: [x25519Secret, kemSecret],
    tr: tr.hash,
  });
  const createdAt = unixSeconds(environment);
  const expiresAt = Math.min(accept.expires_at, createdAt + limits.sessionLifetime);
  if (expiresAt <= createdAt) {
    throw new ParleyError('session_expired', 'The session expired before it began. Check both clocks.');
  }
  const keyFingerprint = await takeKeyFingerprint(subtle, keys.exporter);
  observe({ kind: 'established', at: environment.monotonic(), keyFingerprint, expiresAt });
  return {
    id: sessionId,
    role: 'client',
    self: state.self,
    peer: state.peer,
    createdAt,
    expiresAt,
    keys,
    transcript: tr.hash,
    signingKey: fresh.signing.privateKey,
    peerSigningKey,
    peerSigningPublic: accept.session_signing_key,
    keyFingerprint,
    peerExtensions: readExtensions(accept.extensions),
  };
}
