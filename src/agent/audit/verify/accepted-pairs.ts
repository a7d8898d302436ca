import {
  type AcceptedCertificate,
  type AcceptedPair,
  acceptCertificate,
  acceptPair,
} from '../../../pki/accept-pair.ts';
import type { X509Certificate } from '../../../pki/x509.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { CertificatePair } from '../../../protocol/handshake/identity.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';

/** Pairs, and certificates, that are remembered at most. */
const remembered = 256;

/**
 * The certificates of a trail that its authority has issued. Each is read and checked once: a trail shows the same ones in every handshake,
 * and in an entry of their own in every run of its agent, and reading them costs many times what the signatures of a handshake cost.
 */
export class AcceptedPairs {
  readonly authority: X509Certificate;
  readonly #pairs = new Map<string, Promise<AcceptedPair | undefined>>();
  readonly #certificates = new Map<string, Promise<AcceptedCertificate | undefined>>();

  constructor(authority: X509Certificate) {
    this.authority = authority;
  }

  /** Returns what `acceptPair` does under the authority. */
  accept(pair: CertificatePair): Promise<AcceptedPair | undefined> {
    const key = `${encodeBase64(pair.signing)} ${encodeBase64(pair.encryption)}`;
    return once(this.#pairs, key, () => acceptPair(this.authority, pair));
  }

  /** Returns what `acceptCertificate` does under the authority. */
  acceptOne(der: Bytes, use: keyof CertificatePair): Promise<AcceptedCertificate | undefined> {
    return once(this.#certificates, `${use} ${encodeBase64(der)}`, () => acceptCertificate(this.authority, der, use));
  }
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  const [oldest] = known.keys();
  if (known.size >= remembered && oldest !== undefined) known.delete(oldest);
  known.set(key, made);
  return made;
}
