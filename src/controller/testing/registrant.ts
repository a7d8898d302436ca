import { createCertificateRequest } from '../../pki/certificate-request.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { decryptOaepSessionKey } from '../../protocol/crypto/rsa-oaep.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { label } from '../../protocol/wire/label.ts';

export const baseUrl = 'https://controller.test';

/** Keys of an agent that wants to register. */
export interface Registrant {
  readonly agentId: string;
  readonly address: string;
  readonly signing: CryptoKeyPair;
  readonly encryption: CryptoKeyPair;
}

const exponent = new Uint8Array([1, 0, 1]);

export async function makeRegistrant(agentId: string, address: string, bits = 2_048): Promise<Registrant> {
  const rsa = (name: string, uses: KeyUsage[]) =>
    crypto.subtle.generateKey({ name, modulusLength: bits, publicExponent: exponent, hash: 'SHA-256' }, false, uses);
  const [signing, encryption] = await Promise.all([
    rsa('RSA-PSS', ['sign', 'verify']),
    rsa('RSA-OAEP', ['encrypt', 'decrypt']),
  ]);
  if (!('privateKey' in signing) || !('privateKey' in encryption)) throw new Error('an RSA key comes in pairs');
  return { agentId, address, signing, encryption };
}

export async function spkiOf({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
}

/** What is signed of a registration, and for which Controller and when; the clock of the tests stands at 1,790,000,000. */
export interface Signing {
  readonly controller?: string;
  readonly timestamp?: number;
}

/** The body of `POST /controller/register`. */
export async function registration(registrant: Registrant, signing: Signing = {}) {
  const { agentId, address, encryption } = registrant;
  return signedBy(registrant, 'register', {
    agent_id: agentId,
    address,
    controller: signing.controller ?? baseUrl,
    csr: encodeBase64(await createCertificateRequest({ agentId, signingKeys: registrant.signing })),
    encryption_key: encodeBase64(await spkiOf(encryption)),
    timestamp: signing.timestamp ?? 1_790_000_000,
  });
}

/** A statement with the signature of `by` over all of it. */
export async function signedBy<const T extends JsonObject>(
  { signing }: Pick<Registrant, 'signing'>,
  what: 'register' | 'revoke',
  statement: T,
): Promise<T & { signature: string }> {
  const signed = concat(label(what), canonicalBytes(statement));
  return { ...statement, signature: encodeBase64(await signPss(crypto.subtle, signing.privateKey, signed)) };
}

/** The answer to a challenge, by whoever holds the encryption key. */
export async function answerChallenge(
  { encryption }: Registrant,
  { registration_id, challenge }: { readonly registration_id: string; readonly challenge: string },
  controller = baseUrl,
): Promise<string> {
  const secret = await decryptOaepSessionKey(crypto.subtle, encryption.privateKey, decodeBase64(challenge));
  const bound = canonicalBytes([registration_id, controller]);
  return encodeBase64(await sha256(crypto.subtle, concat(label('registration'), bound, secret)));
}
