import type { Bytes, CertificateFingerprint, Nonce } from '../bytes.ts';
import { equalConstantTime } from '../bytes.ts';
import { unixSeconds } from '../crypto/environment.ts';
import { sha256 } from '../crypto/hash.ts';
import { ParleyError } from '../errors.ts';
import type { StepRecorder } from '../trace/step-recorder.ts';
import type { ClientHello, ServerHello } from '../wire/handshake-messages.ts';
import type { HandshakeContext, NonceOwner } from './context.ts';
import { checkFreshness } from './freshness.ts';
import type { OwnIdentity, PeerIdentity } from './identity.ts';

function isFingerprint(bytes: Bytes): bytes is CertificateFingerprint {
  return bytes.length === 32;
}

/**
 * Throws `wrong_recipient` or `stale_recipient_key` unless a hello is for this agent and its present key (protocol
 * page, section 3).
 */
export function checkRecipient(hello: ClientHello | ServerHello, self: Pick<OwnIdentity, 'agentId' | 'keyId'>): void {
  if (hello.recipient_id !== self.agentId) {
    throw new ParleyError(
      'wrong_recipient',
      `The agent at this address is not ${hello.recipient_id}. Look its address up again.`,
    );
  }
  if (!equalConstantTime(hello.recipient_key_id, self.keyId)) {
    throw new ParleyError(
      'stale_recipient_key',
      'Fetch this agent’s current certificates from the directory and try again.',
    );
  }
}

/** Looks the hello's nonce up under its signing certificate, whose fingerprint it gives; `replayed_nonce` when seen. */
export async function checkNonceUnseen(
  context: HandshakeContext,
  hello: ClientHello | ServerHello,
): Promise<CertificateFingerprint> {
  const fingerprint = await sha256(context.environment.subtle, hello.my_certificate.signing);
  if (!isFingerprint(fingerprint)) throw new ParleyError('internal_error', 'SHA-256 gives 32 bytes.');
  if (context.memory.hasNonce(fingerprint, hello.nonce)) throw replayedHello();
  return fingerprint;
}

/** Returns the error of a hello whose nonce was seen before. */
export function replayedHello(): ParleyError {
  return new ParleyError('replayed_nonce', 'This hello was received before. Start a new handshake.');
}

/**
 * Runs the checks that follow the one on a hello's nonce. Rejects with `replayed_nonce`, whatever failed, when another copy of the hello
 * has passed them meanwhile: the nonce comes first (protocol page, section 3), and what a copy is called must not depend on how close it follows.
 */
export async function asFirstCopy<T>(
  { memory }: Pick<HandshakeContext, 'memory'>,
  steps: StepRecorder,
  [owner, nonce]: readonly [NonceOwner, Nonce],
  checks: () => Promise<T>,
): Promise<T> {
  try {
    return await checks();
  } catch (cause) {
    if (!memory.hasNonce(owner, nonce)) throw cause;
    return steps.checkNow('nonce', () => {
      throw replayedHello();
    });
  }
}

/** Checks the time, for every message that has one; the note is the difference of the clocks. */
export function checkHelloTime(
  context: HandshakeContext,
  steps: StepRecorder,
  hello: { readonly timestamp: number },
): Promise<number> {
  return steps.check(
    'timestamp',
    () => checkFreshness(hello.timestamp, unixSeconds(context.environment)),
    (difference) => `${difference < 0 ? '' : '+'}${difference} s`,
  );
}

/** Checks the certificate and whose it is; `expected` is the agent the initiator called. */
export async function checkHelloCertificate(
  context: HandshakeContext,
  steps: StepRecorder,
  hello: ClientHello | ServerHello,
  expected?: PeerIdentity,
): Promise<PeerIdentity> {
  const now = unixSeconds(context.environment);
  const peer = await steps.check('certificate', () => context.verifyCertificates(hello.my_certificate, now));
  await steps.check('identity', () => {
    if (peer.agentId !== hello.sender_id || (expected !== undefined && peer.agentId !== expected.agentId)) {
      throw new ParleyError('identity_mismatch', 'The certificate belongs to another agent than the sender.');
    }
  });
  return peer;
}
