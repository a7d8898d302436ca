import { importEd25519Key } from '../../crypto/ed25519.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import { x25519 } from '../../crypto/x25519.ts';
import { ParleyError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { StepRecorder } from '../../trace/step-recorder.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { canonicalBytes } from '../../wire/canonical.ts';
import { ownExtensions, readExtensions } from '../../wire/extensions.ts';
import { type Parsed, parseMessage } from '../../wire/parse.ts';
import { type ResumeHello, resumeHello } from '../../wire/resumption-messages.ts';
import type { Established, HandshakeStep } from '../established.ts';
import { takeKeyFingerprint } from '../fingerprints.ts';
import { asFirstCopy, checkHelloTime, replayedHello } from '../hello-checks.ts';
import type { OwnIdentity, PeerIdentity } from '../identity.ts';
import { completeKeyExchange, generateKeyExchangeShares, oneAfterAnother } from '../key-exchange.ts';
import type { ReceivedHandshake } from '../received.ts';
import { Transcript } from '../transcript.ts';
import { acceptBinder, isHelloBound, isSignedResumption, signResumption } from './proofs.ts';
import { type ResumptionContext, type ResumptionRecord, resumptionUnknown, useUp } from './record.ts';
import { scheduleResumedKeys } from './schedule.ts';

/** A session that was resumed, and from what. */
export interface Resumed {
  readonly established: Established;
  readonly record: ResumptionRecord;
}

/**
 * Checks a RESUME_HELLO and answers it with RESUME_ACCEPT, which begins the session (protocol page, section 5). The record is
 * used up, durably, before anything is derived. Throws the codes of the protocol page, section 3, for shape, recipient, time, nonce, session id and
 * room, those of the certificate check, `resumption_unknown` for everything that is wrong with the record, its proofs or its
 * sender, and `key_exchange_failed`. Nothing is remembered of a hello whose proofs do not verify.
 */
export async function handleResumeHello(
  context: ResumptionContext,
  self: Pick<OwnIdentity, 'agentId'>,
  received: ReceivedHandshake,
): Promise<HandshakeStep<Resumed>> {
  const { environment, observe, memory, resumptions } = context;
  const { subtle, kem } = environment;
  const steps = new StepRecorder(environment, observe, 'RESUME_HELLO');
  steps.message('received', 'RESUME_HELLO', received.bytes);

  const { json, value: hello } = await steps.check('shape', () => parseMessage(resumeHello, received.json));
  const { record, peer, th0 } = await checkResumeHello(context, steps, self, { json, value: hello });
  await steps.operation('store_nonce', () => memory.recordNonce(hello.resumption_id, hello.nonce, peer));
  await steps.operation('reserve_session', () => memory.reserveSession(hello.session_id, peer));
  await steps.operation('use_up_resumption', () => useUp(resumptions, record.id));

  const fresh = await steps.operation('make_key_shares', () => generateKeyExchangeShares(environment));
  const inTurn = oneAfterAnother();
  const [x25519Secret, encapsulated, peerSigningKey] = await completeKeyExchange(
    steps,
    inTurn(() =>
      steps.operation('agree_x25519', () => x25519(subtle, fresh.x25519.privateKey, hello.key_shares.x25519)),
    ),
    inTurn(() => steps.operation('encapsulate', () => kem.encapsulate(hello.key_shares.ml_kem_768))),
    inTurn(() => importEd25519Key(subtle, hello.session_signing_key)),
  );
  const createdAt = unixSeconds(environment);
  const expiresAt = createdAt + limits.sessionLifetime;
  const tr1 = await th0.with(json);
  steps.transcript('th0', th0.hash);
  steps.transcript('tr1', tr1.hash);
  const signed = await steps.operation('sign', () =>
    signResumption(subtle, record.signingKey, 'resume accept', tr1, {
      message_type: 'RESUME_ACCEPT',
      session_id: hello.session_id,
      nonce: encodeBase64(fresh.nonce),
      timestamp: createdAt,
      key_shares: { x25519: encodeBase64(fresh.x25519.publicKey), ml_kem_768: encodeBase64(encapsulated.ciphertext) },
      session_signing_key: encodeBase64(fresh.signing.publicKey),
      expires_at: expiresAt,
      ...(hello.extensions === undefined ? {} : { extensions: ownExtensions }),
    }),
  );
  const tr = await tr1.with(signed);
  steps.transcript('tr', tr.hash);
  const binder = await steps.operation('make_binder', () => acceptBinder(subtle, record.key, tr.hash));
  const keys = await scheduleResumedKeys(steps, subtle, 'server', {
    resumptionKey: record.key,
    shared: [x25519Secret, encapsulated.secret],
    tr: tr.hash,
  });
  const body = canonicalBytes({ ...signed, binder: encodeBase64(binder) });
  steps.message('sent', 'RESUME_ACCEPT', body);
  const keyFingerprint = await takeKeyFingerprint(subtle, keys.exporter);
  observe({ kind: 'established', at: environment.monotonic(), keyFingerprint, expiresAt });
  const established: Established = {
    id: hello.session_id,
    role: 'server',
    self: self.agentId,
    peer,
    createdAt,
    expiresAt,
    keys,
    transcript: tr.hash,
    signingKey: fresh.signing.privateKey,
    peerSigningKey,
    peerSigningPublic: hello.session_signing_key,
    keyFingerprint,
    peerExtensions: readExtensions(hello.extensions),
  };
  return { state: { established, record }, body };
}

/** Checks a RESUME_HELLO in the protocol's order; gives the record that it names, whose it is, and th0. */
async function checkResumeHello(
  context: ResumptionContext,
  steps: StepRecorder,
  self: Pick<OwnIdentity, 'agentId'>,
  parsed: Parsed<ResumeHello>,
): Promise<{ readonly record: ResumptionRecord; readonly peer: PeerIdentity; readonly th0: Transcript }> {
  const { environment, memory, resumptions, verifyCertificates } = context;
  const { value: hello } = parsed;
  await steps.check('recipient', () => {
    if (hello.recipient_id !== self.agentId) {
      throw new ParleyError(
        'wrong_recipient',
        `The agent at this address is not ${hello.recipient_id}. Look its address up again.`,
      );
    }
  });
  await checkHelloTime(context, steps, hello);
  await steps.check('nonce', () => {
    if (memory.hasNonce(hello.resumption_id, hello.nonce)) throw replayedHello();
  });
  return asFirstCopy(context, steps, [hello.resumption_id, hello.nonce], async () => {
    await steps.check('session_id', () => {
      if (memory.hasSession(hello.session_id)) {
        throw new ParleyError('session_conflict', 'This session id was used before. Start a new handshake.');
      }
    });
    await steps.check('room', () =>
      memory.requireRoom(resumptions.find(hello.resumption_id)?.peerCertificates.signing),
    );
    const th0 = await Transcript.start(environment.subtle);
    const record = await checkProofs(context, steps, th0, parsed);
    const peer = await steps.check('certificate', () =>
      verifyCertificates(record.peerCertificates, unixSeconds(environment)),
    );
    return { record, peer, th0 };
  });
}

/**
 * Looks a hello's record up and checks its signature and its binder. After a refusal as much work follows as for a hello that is
 * accepted: what is wrong cannot be told from the time it takes. It follows the check, so that the check is timed alone.
 */
async function checkProofs(
  { environment, resumptions }: ResumptionContext,
  steps: StepRecorder,
  th0: Transcript,
  { json, value: hello }: Parsed<ResumeHello>,
): Promise<ResumptionRecord> {
  const { subtle } = environment;
  const found = await steps
    .check('resumption', () => {
      const named = resumptions.find(hello.resumption_id);
      if (named === undefined || !isFor(named, hello, unixSeconds(environment))) throw resumptionUnknown();
      return named;
    })
    .catch(async (refusal: unknown) => {
      const { decoy } = resumptions;
      await isSignedResumption(subtle, decoy.peerSigningPublic, 'resume hello', th0, json, hello.signature);
      await isHelloBound(subtle, decoy.key, json, hello.binder);
      throw refusal;
    });
  await steps
    .check('signature', async () => {
      const key = found.peerSigningPublic;
      if (!(await isSignedResumption(subtle, key, 'resume hello', th0, json, hello.signature)))
        throw resumptionUnknown();
    })
    .catch(async (refusal: unknown) => {
      await isHelloBound(subtle, found.key, json, hello.binder);
      throw refusal;
    });
  await steps.check('binder', async () => {
    if (!(await isHelloBound(subtle, found.key, json, hello.binder))) throw resumptionUnknown();
  });
  return found;
}

/** True when a record is this peer's, and not older than 24 h. */
function isFor(record: ResumptionRecord, hello: ResumeHello, now: number): boolean {
  return record.peerId === hello.sender_id && now < record.expiresAt;
}
