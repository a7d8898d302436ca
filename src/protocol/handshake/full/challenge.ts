import { type Bytes, concat, equalConstantTime, fromHex, type SessionId } from '../../bytes.ts';
import { open, type Sealed, seal } from '../../crypto/aead.ts';
import type { Environment } from '../../crypto/environment.ts';
import { ParleyError } from '../../errors.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { label } from '../../wire/label.ts';

type ChallengeLabel = 'challenge' | 'challenge response';

/** `{iv, ciphertext, tag}` in base64. */
export interface ChallengeMember {
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** Encrypts a nonce, to show that the handshake key is held (protocol page, section 3). */
export async function makeChallenge(
  environment: Environment,
  key: CryptoKey,
  text: ChallengeLabel,
  sessionId: SessionId,
  nonce: Bytes,
): Promise<ChallengeMember> {
  const sealed = await seal(environment.subtle, key, environment.random(12), aad(text, sessionId), nonce);
  return {
    iv: encodeBase64(sealed.iv),
    ciphertext: encodeBase64(sealed.ciphertext),
    tag: encodeBase64(sealed.tag),
  };
}

/** Throws `challenge_failed` unless `sealed` opens to `nonce`, compared in constant time. */
export async function checkChallenge(
  environment: Environment,
  key: CryptoKey,
  text: ChallengeLabel,
  sessionId: SessionId,
  sealed: Sealed,
  nonce: Bytes,
): Promise<void> {
  const opened = await open(environment.subtle, key, sealed, aad(text, sessionId));
  if (opened === undefined || !equalConstantTime(opened, nonce)) {
    throw new ParleyError('challenge_failed', 'The peer did not prove that it derived the same keys.');
  }
}

function aad(text: ChallengeLabel, sessionId: SessionId): Bytes {
  return concat(label(text), fromHex(sessionId));
}
