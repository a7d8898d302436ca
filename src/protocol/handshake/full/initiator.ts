import { type Bytes, concat, type SessionId, wipe } from '../../bytes.ts';
import { type Ed25519VerifyKey, importEd25519Key } from '../../crypto/ed25519.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import type { KemKeyPair } from '../../crypto/kem.ts';
import { decryptOaepSessionKey, encryptOaep } from '../../crypto/rsa-oaep.ts';
import { verifyMac } from '../../crypto/signatures.ts';
import { x25519 } from '../../crypto/x25519.ts';
import { ParleyError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { StepRecorder } from '../../trace/step-recorder.ts';
import { canonicalBytes, without } from '../../wire/canonical.ts';
import { type Extensions, readExtensions } from '../../wire/extensions.ts';
import { type ServerHello, serverHello, sessionEstablished } from '../../wire/handshake-messages.ts';
import { label } from '../../wire/label.ts';
import { type Parsed, parseHandshakeObject, parseMessage } from '../../wire/parse.ts';
import type { HandshakeContext } from '../context.ts';
import type { Established, HandshakeStep } from '../established.ts';
import { takeKeyFingerprint } from '../fingerprints.ts';
import { checkHelloCertificate, checkHelloTime, checkNonceUnseen, checkRecipient } from '../hello-checks.ts';
import type { OwnIdentity, PeerIdentity } from '../identity.ts';
import {
  completeKeyExchange,
  type FullExchangeShares,
  generateFullExchangeShares,
  oneAfterAnother,
} from '../key-exchange.ts';
import type { SessionKeys } from '../key-schedule.ts';
import { checkMessageSignature, signMessage } from '../message-signature.ts';
import { newSessionId } from '../session-id.ts';
import { Transcript } from '../transcript.ts';
import { checkChallenge, makeChallenge } from './challenge.ts';
import { helloMembers } from './hello.ts';
import { scheduleHandshakeKeys, scheduleSessionKeys } from './schedule-steps.ts';

/** CLIENT_HELLO is sent; SERVER_HELLO is awaited. Good for one step. */
export interface AwaitingServerHello {
  readonly phase: 'awaiting_server_hello';
  readonly sessionId: SessionId;
  readonly self: OwnIdentity;
  readonly called: PeerIdentity;
  readonly fresh: FullExchangeShares;
  readonly kem: KemKeyPair;
  readonly th1: Transcript;
}

/** CLIENT_CONFIRM is sent; SESSION_ESTABLISHED is awaited. Good for one step. */
export interface AwaitingEstablished {
  readonly phase: 'awaiting_established';
  readonly sessionId: SessionId;
  readonly self: OwnIdentity;
  readonly peer: PeerIdentity;
  readonly fresh: FullExchangeShares;
  readonly th3: Transcript;
  readonly keys: SessionKeys;
  readonly peerSigningKey: Ed25519VerifyKey;
  readonly peerSigningPublic: Bytes;
  readonly peerExtensions: Extensions | undefined;
}

/**
 * Starts a handshake with `peer`: makes the fresh keys and the signed CLIENT_HELLO (protocol page, section 3). Throws
 * `session_limit_reached` when this agent has no place for another session.
 */
export async function initiateHandshake(
  context: HandshakeContext,
  self: OwnIdentity,
  peer: PeerIdentity,
): Promise<HandshakeStep<AwaitingServerHello>> {
  const { environment, observe, memory } = context;
  const { subtle } = environment;
  const steps = new StepRecorder(environment, observe, 'CLIENT_HELLO');
  const [fresh, kem] = await steps.operation('make_key_shares', () =>
    Promise.all([generateFullExchangeShares(environment), environment.kem.generate()]),
  );
  const sessionId = newSessionId(environment.random(16));
  await steps.operation('reserve_session', () => memory.reserveSession(sessionId));
  const encrypted = await steps.operation('encrypt_session_key', () =>
    encryptOaep(subtle, peer.encryptionKey, fresh.sessionKey),
  );
  const unsigned = helloMembers(environment, 'CLIENT_HELLO', {
    sessionId,
    self,
    peer,
    fresh,
    encrypted,
    kemShare: kem.encapsulationKey,
  });
  const th0 = await Transcript.start(subtle);
  const hello = await steps.operation('sign', () =>
    signMessage(subtle, self.signingKey, 'client hello', th0, unsigned),
  );
  const th1 = await th0.with(hello);
  steps.transcript('th0', th0.hash);
  steps.transcript('th1', th1.hash);
  const body = canonicalBytes(hello);
  steps.message('sent', 'CLIENT_HELLO', body);
  const state = { phase: 'awaiting_server_hello', sessionId, self, called: peer, fresh, kem, th1 } as const;
  return { state, body };
}

/** Overwrites what a handshake that will not go on still holds; called in every case, it does no harm after a success. */
export function abandonHandshake(state: AwaitingServerHello): void {
  wipe(state.fresh.sessionKey);
}

/**
 * Checks a SERVER_HELLO in the protocol's order and answers it with CLIENT_CONFIRM (protocol page, section 3). Throws the
 * codes of that table; then the attempt is dead and nothing continues it.
 */
export async function handleServerHello(
  context: HandshakeContext,
  state: AwaitingServerHello,
  received: Bytes,
): Promise<HandshakeStep<AwaitingEstablished>> {
  const { environment, observe } = context;
  const { subtle } = environment;
  const { self, fresh, sessionId } = state;
  const steps = new StepRecorder(environment, observe, 'SERVER_HELLO');
  steps.message('received', 'SERVER_HELLO', received);

  const { json, value: hello } = await steps.check('shape', () =>
    parseMessage(serverHello, parseHandshakeObject(received)),
  );
  const peer = await checkServerHello(context, steps, state, { json, value: hello });
  const inTurn = oneAfterAnother();
  const [serverSessionKey, x25519Secret, kemSecret, peerSigningKey] = await completeKeyExchange(
    steps,
    inTurn(() =>
      steps.operation('open_session_key', () =>
        decryptOaepSessionKey(subtle, self.decryptionKey, hello.encrypted_session_key),
      ),
    ),
    inTurn(() =>
      steps.operation('agree_x25519', () => x25519(subtle, fresh.x25519.privateKey, hello.key_shares.x25519)),
    ),
    inTurn(() => steps.operation('decapsulate', () => state.kem.decapsulate(hello.key_shares.ml_kem_768))),
    inTurn(() => importEd25519Key(subtle, hello.session_signing_key)),
  );
  const { ikm, handshakeKeys } = await scheduleHandshakeKeys(steps, subtle, 'client', {
    secrets: { clientSessionKey: fresh.sessionKey, serverSessionKey, x25519Secret, kemSecret },
    thKeys: (await state.th1.with(without(json, 'challenge', 'signature'))).hash,
  });
  await steps.check('challenge', () =>
    checkChallenge(environment, handshakeKeys.server, 'challenge', sessionId, hello.challenge, fresh.nonce),
  );

  const th2 = await state.th1.with(json);
  steps.transcript('th2', th2.hash);
  const unsigned = {
    message_type: 'CLIENT_CONFIRM',
    session_id: sessionId,
    challenge_response: {
      ...(await steps.operation('encrypt_challenge', () =>
        makeChallenge(environment, handshakeKeys.client, 'challenge response', sessionId, hello.nonce),
      )),
    },
  };
  const confirm = await steps.operation('sign', () =>
    signMessage(subtle, self.signingKey, 'client confirm', th2, unsigned),
  );
  const th3 = await th2.with(confirm);
  const keys = await scheduleSessionKeys(steps, subtle, 'client', { ikm, th3: th3.hash });
  const body = canonicalBytes(confirm);
  steps.message('sent', 'CLIENT_CONFIRM', body);
  const peerSigningPublic = hello.session_signing_key;
  return {
    state: {
      phase: 'awaiting_established',
      sessionId,
      self,
      peer,
      fresh,
      th3,
      keys,
      peerSigningKey,
      peerSigningPublic,
      peerExtensions: readExtensions(hello.extensions),
    },
    body,
  };
}

/** Checks a SERVER_HELLO up to its signature, in the protocol's order, and records its nonce; gives whose it is. */
async function checkServerHello(
  context: HandshakeContext,
  steps: StepRecorder,
  { self, sessionId, called, th1 }: AwaitingServerHello,
  { json, value: hello }: Parsed<ServerHello>,
): Promise<PeerIdentity> {
  await steps.check('recipient', () => checkRecipient(hello, self));
  await checkHelloTime(context, steps, hello);
  const signer = await steps.check('nonce', () => checkNonceUnseen(context, hello));
  await steps.check('session_id', () => {
    if (hello.session_id !== sessionId) {
      throw new ParleyError('session_conflict', 'The answer belongs to another handshake than the one it answers.');
    }
  });
  const peer = await checkHelloCertificate(context, steps, hello, called);
  await steps.check('signature', () =>
    checkMessageSignature(context.environment.subtle, peer.verifyKey, 'server hello', th1, json, hello.signature),
  );
  await steps.operation('store_nonce', () => context.memory.recordNonce(signer, hello.nonce));
  return peer;
}

/**
 * Checks SESSION_ESTABLISHED and gives the session (protocol page, section 3). Throws `malformed_message`,
 * `session_conflict`, `confirmation_failed` or `session_expired`.
 */
export async function handleSessionEstablished(
  context: HandshakeContext,
  state: AwaitingEstablished,
  received: Bytes,
): Promise<Established> {
  const { environment, observe } = context;
  const { subtle } = environment;
  const steps = new StepRecorder(environment, observe, 'SESSION_ESTABLISHED');
  steps.message('received', 'SESSION_ESTABLISHED', received);
  const { json, value } = await steps.check('shape', () =>
    parseMessage(sessionEstablished, parseHandshakeObject(received)),
  );
  await steps.check('session_id', () => {
    if (value.session_id !== state.sessionId) {
      throw new ParleyError('session_conflict', 'The answer belongs to another handshake than the one it answers.');
    }
  });
  await steps.check('confirmation', async () => {
    const confirmed = concat(
      label('session established'),
      state.th3.hash,
      canonicalBytes(without(json, 'confirmation')),
    );
    if (!(await verifyMac(subtle, state.keys.hmacKey, value.confirmation, confirmed))) {
      throw new ParleyError('confirmation_failed', 'The peer did not confirm the same transcript and keys.');
    }
  });
  const createdAt = unixSeconds(environment);
  const expiresAt = Math.min(value.expires_at, createdAt + limits.sessionLifetime);
  if (expiresAt <= createdAt) {
    throw new ParleyError('session_expired', 'The session expired before it began. Check both clocks.');
  }
  const keyFingerprint = await takeKeyFingerprint(subtle, state.keys.exporter);
  observe({ kind: 'established', at: environment.monotonic(), keyFingerprint, expiresAt });
  return {
    id: state.sessionId,
    role: 'client',
    self: state.self.agentId,
    peer: state.peer,
    createdAt,
    expiresAt,
    keys: state.keys,
    transcript: state.th3.hash,
    signingKey: state.fresh.signing.privateKey,
    peerSigningKey: state.peerSigningKey,
    peerSigningPublic: state.peerSigningPublic,
    keyFingerprint,
    peerExtensions: state.peerExtensions,
  };
}
