import { type Bytes, concat } from '../../protocol/bytes.ts';
import { open, seal } from '../../protocol/crypto/aead.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { importKeyMaterial } from '../../protocol/crypto/hkdf.ts';
import { decryptOaep, encryptOaep } from '../../protocol/crypto/rsa-oaep.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { deriveSessionKeys } from '../../protocol/handshake/key-schedule.ts';

/** HAZARD: a key exchange by RSA alone, as older protocols had it. It exists to be broken in the lab and nowhere else. */
export interface HazardousExchange {
  /** Both session keys, RSA-OAEP: all that protects what follows. */
  readonly encrypted: { readonly client: Bytes; readonly server: Bytes };
  readonly sealed: { readonly iv: Bytes; readonly ciphertext: Bytes; readonly tag: Bytes };
}

/**
 * HAZARD: exchanges two session keys under the agents' RSA keys alone, and sends one message under keys derived from
 * them.
 */
export async function hazardousRsaOnlyExchange(
  subtle: Subtle,
  random: (length: number) => Bytes,
  keys: { readonly client: CryptoKey; readonly server: CryptoKey },
  text: string,
): Promise<HazardousExchange> {
  const [clientKey, serverKey] = [random(32), random(32)];
  const encrypted = {
    client: await encryptOaep(subtle, keys.server, clientKey),
    server: await encryptOaep(subtle, keys.client, serverKey),
  };
  const session = await schedule(subtle, encrypted, clientKey, serverKey, 'client');
  return {
    encrypted,
    sealed: await seal(subtle, session.clientKey, session.clientIv, new Uint8Array(0), new TextEncoder().encode(text)),
  };
}

/** Breaks that exchange: derives the traffic key from both RSA private keys. */
export async function breakHazardousExchange(
  subtle: Subtle,
  { encrypted, sealed }: HazardousExchange,
  stolen: { readonly client: CryptoKey; readonly server: CryptoKey },
): Promise<string | undefined> {
  const clientKey = await decryptOaep(subtle, stolen.server, encrypted.client);
  const serverKey = await decryptOaep(subtle, stolen.client, encrypted.server);
  if (clientKey === undefined || serverKey === undefined) return undefined;
  const session = await schedule(subtle, encrypted, clientKey, serverKey, 'server');
  const text = await open(subtle, session.clientKey, sealed, new Uint8Array(0));
  return text === undefined ? undefined : new TextDecoder().decode(text);
}

async function schedule(
  subtle: Subtle,
  { client, server }: HazardousExchange['encrypted'],
  clientKey: Bytes,
  serverKey: Bytes,
  role: 'client' | 'server',
) {
  const salt = await sha256(subtle, concat(client, server));
  const ikm = await importKeyMaterial(subtle, concat(clientKey, serverKey));
  return deriveSessionKeys(subtle, ikm, salt, role);
}
