import { type AcceptedPair, acceptPair } from '../../../pki/accept-pair.ts';
import type { X509Certificate } from '../../../pki/x509.ts';
import type { CertificatePair } from '../../../protocol/handshake/identity.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';

/** Pairs that are remembered at most. */
const remembered = 256;

/** The pairs of a trail that its authority has issued. Each is read and checked once: a handshake costs a hundred times as much with it. */
export class AcceptedPairs {
  readonly authority: X509Certificate;
  readonly #found = new Map<string, Promise<AcceptedPair | undefined>>();

  constructor(authority: X509Certificate) {
    this.authority = authority;
  }

  /** Returns what `acceptPair` does under the authority. */
  accept(pair: CertificatePair): Promise<AcceptedPair | undefined> {
    const key = `${encodeBase64(pair.signing)} ${encodeBase64(pair.encryption)}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = acceptPair(this.authority, pair);
    const [oldest] = this.#found.keys();
    if (this.#found.size >= remembered && oldest !== undefined) this.#found.delete(oldest);
    this.#found.set(key, found);
    return found;
  }
}
