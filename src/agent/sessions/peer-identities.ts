import { toHex } from '../../protocol/bytes.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';

/** Dead references that are left before they are looked for. */
const untidy = 100;

/** The identities of peers with sessions, one object for each pair of certificates, for as long as anything uses it. */
export class PeerIdentities {
  readonly #known = new Map<string, WeakRef<PeerIdentity>>();
  #tidyAt = untidy;

  /** Returns the identity that an earlier session with the same two certificates has, or the one given. */
  shared(identity: PeerIdentity): PeerIdentity {
    const key = `${toHex(identity.signingFingerprint)}${toHex(identity.encryptionFingerprint)}`;
    const known = this.#known.get(key)?.deref();
    if (known !== undefined) return known;
    this.#known.set(key, new WeakRef(identity));
    if (this.#known.size >= this.#tidyAt) this.#tidy();
    return identity;
  }

  #tidy(): void {
    for (const [key, reference] of this.#known) if (reference.deref() === undefined) this.#known.delete(key);
    this.#tidyAt = 2 * this.#known.size + untidy;
  }
}
