import { type AgentId, type Bytes, concat } from '../protocol/bytes.ts';
import { signPss, verifyPss } from '../protocol/crypto/signatures.ts';
import type { Subtle } from '../protocol/crypto/subtle.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { canonicalBytes } from '../protocol/wire/canonical.ts';
import { label } from '../protocol/wire/label.ts';

/**
 * What an agent signs to be reachable through a relay: the relay's own address, so that no relay can pass the proof on to
 * another one, and a nonce and a connection that the relay has just made up, so that nobody can show the proof again.
 */
export interface RelayClaim {
  readonly agentId: AgentId;
  /** Base URL of the relay as the agent knows it. */
  readonly relay: string;
  readonly connection: string;
  /** 32 bytes of the relay's choosing. */
  readonly nonce: Bytes;
}

/** Signs a relay claim: RSA-PSS by the agent's signing key over label("relay") and JCS of the claim. */
export function signRelayClaim(subtle: Subtle, signingKey: CryptoKey, claim: RelayClaim): Promise<Bytes> {
  return signPss(subtle, signingKey, signedBytes(claim));
}

/** True when the signature is that of the claim under the agent's signing key. */
export function verifyRelayClaim(
  subtle: Subtle,
  signingKey: CryptoKey,
  claim: RelayClaim,
  signature: Bytes,
): Promise<boolean> {
  return verifyPss(subtle, signingKey, signature, signedBytes(claim));
}

function signedBytes({ agentId, relay, connection, nonce }: RelayClaim): Bytes {
  return concat(label('relay'), canonicalBytes({ agent_id: agentId, connection, nonce: encodeBase64(nonce), relay }));
}
