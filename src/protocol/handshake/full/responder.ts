import { type Bytes, concat, type SessionId, wipe } from '../../bytes.ts';
import { type Ed25519VerifyKey, importEd25519Key } from '../../crypto/ed25519.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import { decryptOaepSessionKey, encryptOaep } from '../../crypto/rsa-oaep.ts';
import { mac } from '../../crypto/signatures.ts';
import { x25519 } from '../../crypto/x25519.ts';
import { ParleyError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { StepRecorder } from '../../trace/step-recorder.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { canonicalBytes } from '../../wire/canonical.ts';
import { type Extensions, readExtensions } from '../../wire/extensions.ts';
import { type ClientHello, clientConfirm, clientHello } from '../../wire/handshake-messages.ts';
import { label } from '../../wire/label.ts';
import { type Parsed, parseMessage } from '../../wire/parse.ts';
import type { HandshakeContext } from '../context.ts';
import type { Established, HandshakeStep } from '../established.ts';
import { takeKeyFingerprint } from '../fingerprints.ts';
import {
  asFirstCopy,
  checkHelloCertificate,
  checkHelloTime,
  checkNonceUnseen,
  checkRecipient,
} from '../hello-checks.ts';
import type { OwnIdentity, PeerIdentity } from '../identity.ts';
import {
  completeKeyExchange,
  type FullExchangeShares,
  generateFullExchangeShares,
  oneAfterAnother,
} from '../key-exchange.ts';
import type { HandshakeKeys } from '../key-schedule.ts';
import { checkMessageSignature, signMessage } from '../message-signature.ts';
import type { ReceivedHandshake } from '../received.ts';
import { Transcript } from '../transcript.ts';
import { checkChallenge, makeChallenge } from './challenge.ts';
import { helloMembers } from './hello.ts';
import { scheduleHandshakeKeys, scheduleSessionKeys } from './schedule-steps.ts';

/** SERVER_HELLO is sent; CLIENT_CONFIRM is awaited. Good for one step, and for 30 s. */
export interface AwaitingClientConfirm {
  readonly phase: 'awaiting_client_confirm';
  readonly sessionId: SessionId;
  readonly self: OwnIdentity;
  readonly peer: PeerIdentity;
  readonly fresh: FullExchangeShares;
  readonly th2: Transcript;
  readonly ikm: CryptoKey;
  readonly handshakeKeys: HandshakeKeys;
  readonly peerSigningKey: Ed25519VerifyKey;
  readonly peerSigningPublic: Bytes;
  readonly peerExtensions: Extensions | undefined;
}

/**
 * Checks a CLIENT_HELLO in the protocol's order and answers it with SERVER_HELLO (protocol page, section 3). Throws the codes of that table. Nothing is remembered of a hello whose
 * signature does not verify; a session id whose signature did is taken from then on, whatever follows.
 */
export async function handleClientHello(
  context: HandshakeContext,
  self: OwnIdentity,
  received: ReceivedHandshake,
): Promise<HandshakeStep<AwaitingClientConfirm>> {
  const { environment, observe } = context;
  const { subtle } = environment;
  const steps = new StepRecorder(environment, observe, 'CLIENT_HELLO');
  steps.message('received', 'CLIENT_HELLO', received.bytes);

  const { json, value: hello } = await steps.check('shape', () => parseMessage(clientHello, received.json));
  const { peer, th0 } = await checkClientHello(context, steps, self, { json, value: hello });

  const fresh = await steps.operation('make_key_shares', () => generateFullExchangeShares(environment));
  const inTurn = oneAfterAnother();
  const [clientSessionKey, x25519Secret, kem, peerSigningKey] = await completeKeyExchange(
    steps,
    inTurn(() =>
      steps.operation('open_session_key', () =>
        decryptOaepSessionKey(subtle, self.decryptionKey, hello.encrypted_session_key),
      ),
    ),
    inTurn(() =>
      steps.operation('agree_x25519', () => x25519(subtle, fresh.x25519.privateKey, hello.key_shares.x25519)),
    ),
    inTurn(() => steps.operation('encapsulate', () => environment.kem.encapsulate(hello.key_shares.ml_kem_768))),
    inTurn(() => importEd25519Key(subtle, hello.session_signing_key)),
  ).catch((error: unknown) => {
    wipe(fresh.sessionKey);
    throw error;
  });
  const encrypted = await steps.operation('encrypt_session_key', () =>
    encryptOaep(subtle, peer.encryptionKey, fresh.sessionKey),
  );
  const unchallenged = helloMembers(environment, 'SERVER_HELLO', {
    sessionId: hello.session_id,
    self,
    peer,
    fresh,
    encrypted,
    kemShare: kem.ciphertext,
  });
  const th1 = await th0.with(json);
  steps.transcript('th1', th1.hash);
  const { ikm, handshakeKeys } = await scheduleHandshakeKeys(steps, subtle, 'server', {
    secrets: { clientSessionKey, serverSessionKey: fresh.sessionKey, x25519Secret, kemSecret: kem.secret },
    thKeys: (await th1.with(unchallenged)).hash,
  });
  const challenge = await steps.operation('encrypt_challenge', () =>
    makeChallenge(environment, handshakeKeys.server, 'challenge', hello.session_id, hello.nonce),
  );
  const answer = await steps.operation('sign', () =>
    signMessage(subtle, self.signingKey, 'server hello', th1, { ...unchallenged, challenge: { ...challenge } }),
  );
  const th2 = await th1.with(answer);
  steps.transcript('th2', th2.hash);
  const body = canonicalBytes(answer);
  steps.message('sent', 'SERVER_HELLO', body);
  const state = {
    phase: 'awaiting_client_confirm',
    sessionId: hello.session_id,
    self,
    peer,
    fresh,
    th2,
    ikm,
    handshakeKeys,
    peerSigningKey,
    peerSigningPublic: hello.session_signing_key,
    peerExtensions: readExtensions(hello.extensions),
  } as const;
  return { state, body };
}

/**
 * Checks a CLIENT_HELLO up to its signature, in the protocol's order, records its nonce and takes its session id; gives whose it is, and th0.
 */
async function checkClientHello(
  context: HandshakeContext,
  steps: StepRecorder,
  self: OwnIdentity,
  { json, value: hello }: Parsed<ClientHello>,
): Promise<{ readonly peer: PeerIdentity; readonly th0: Transcript }> {
  const { environment, memory } = context;
  await steps.check('recipient', () => checkRecipient(hello, self));
  await checkHelloTime(context, steps, hello);
  const signer = await steps.check('nonce', () => checkNonceUnseen(context, hello));
  const checked = await asFirstCopy(context, steps, [signer, hello.nonce], async () => {
    await steps.check('session_id', () => {
      if (memory.hasSession(hello.session_id)) {
        throw new ParleyError('session_conflict', 'This session id was used before. Start a new handshake.');
      }
    });
    await steps.check('room', () => memory.requireRoom(hello.my_certificate.signing));
    const certified = await checkHelloCertificate(context, steps, hello);
    const start = await Transcript.start(environment.subtle);
    steps.transcript('th0', start.hash);
    await steps.check('signature', () =>
      checkMessageSignature(environment.subtle, certified.verifyKey, 'client hello', start, json, hello.signature),
    );
    return { peer: certified, th0: start };
  });
  await steps.operation('store_nonce', () => memory.recordNonce(signer, hello.nonce, checked.peer));
  await steps.operation('reserve_session', () => memory.reserveSession(hello.session_id, checked.peer));
  return checked;
}

/**
 * Checks a CLIENT_CONFIRM in the protocol's order and gives the session with SESSION_ESTABLISHED (protocol page, section
 * 3). Throws `malformed_message`, `session_conflict`, `signature_invalid` or `challenge_failed`; after the last of them the attempt is dead.
 */
export async function handleClientConfirm(
  context: HandshakeContext,
  state: AwaitingClientConfirm,
  received: ReceivedHandshake,
): Promise<HandshakeStep<Established>> {
  const { environment, observe } = context;
  const { subtle } = environment;
  const { sessionId, peer, fresh } = state;
  const steps = new StepRecorder(environment, observe, 'CLIENT_CONFIRM');
  steps.message('received', 'CLIENT_CONFIRM', received.bytes);

  const { json, value: confirm } = await steps.check('shape', () => parseMessage(clientConfirm, received.json));
  await steps.check('session_id', () => {
    if (confirm.session_id !== sessionId) {
      throw new ParleyError('session_conflict', 'The confirmation belongs to another handshake.');
    }
  });
  await steps.check('signature', () =>
    checkMessageSignature(subtle, peer.verifyKey, 'client confirm', state.th2, json, confirm.signature),
  );
  await steps.check('challenge', () =>
    checkChallenge(
      environment,
      state.handshakeKeys.client,
      'challenge response',
      sessionId,
      confirm.challenge_response,
      fresh.nonce,
    ),
  );
  const th3 = await state.th2.with(json);
  const keys = await scheduleSessionKeys(steps, subtle, 'server', { ikm: state.ikm, th3: th3.hash });
  const createdAt = unixSeconds(environment);
  const expiresAt = createdAt + limits.sessionLifetime;
  const unconfirmed = { message_type: 'SESSION_ESTABLISHED', session_id: sessionId, expires_at: expiresAt };
  const confirmation = await steps.operation('make_confirmation', () =>
    mac(subtle, keys.hmacKey, concat(label('session established'), th3.hash, canonicalBytes(unconfirmed))),
  );
  const body = canonicalBytes({ ...unconfirmed, confirmation: encodeBase64(confirmation) });
  steps.message('sent', 'SESSION_ESTABLISHED', body);
  const keyFingerprint = await takeKeyFingerprint(subtle, keys.exporter);
  observe({ kind: 'established', at: environment.monotonic(), keyFingerprint, expiresAt });
  const session = {
    id: sessionId,
    role: 'server',
    self: state.self.agentId,
    peer,
    createdAt,
    expiresAt,
    keys,
    transcript: th3.hash,
    signingKey: fresh.signing.privateKey,
    peerSigningKey: state.peerSigningKey,
    peerSigningPublic: state.peerSigningPublic,
    keyFingerprint,
    peerExtensions: state.peerExtensions,
  } as const;
  return { state: session, body };
}
