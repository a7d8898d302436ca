import { toHex } from '../../protocol/bytes.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';

const names = new WeakMap<PeerIdentity, string>();

/** Returns a name for a peer's signing key, under which its shares are counted: one that renews its certificates has no more of them. */
export function peerKeyOf(peer: PeerIdentity): string {
  const known = names.get(peer);
  if (known !== undefined) return known;
  const name = toHex(peer.signingSpki);
  names.set(peer, name);
  return name;
}
