import { createCertificateRequest } from '../../pki/certificate-request.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { decryptSessionKey } from '../../protocol/crypto/session-key.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
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

/** The body of `POST /controller/register`. */
export async function registration({ agentId, address, signing, encryption }: Registrant) {
  return {
    agent_id: agentId,
    address,
    csr: encodeBase64(await createCertificateRequest({ agentId, signingKeys: signing })),
    encryption_key: encodeBase64(await spkiOf(encryption)),
  };
}

/** The answer to a challenge, by whoever holds the encryption key. */
export async function answerChallenge({ encryption }: Registrant, challenge: string): Promise<string> {
  const secret = await decryptSessionKey(crypto.subtle, encryption.privateKey, decodeBase64(challenge));
  const digest = await crypto.subtle.digest('SHA-256', concat(label('registration'), secret));
  return encodeBase64(new Uint8Array(digest));
}
