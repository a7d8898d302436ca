import type { PeerView } from '../../../agent/contracts/views.ts';

/** Shows whether a peer can be reached, as the directory says; grey where the directory says nothing. */
export function PeerPresence({ entry }: { readonly entry: PeerView | undefined }) {
  if (entry === undefined) return <span title="The directory has not listed this peer here">○ not known</span>;
  if (entry.status === 'revoked') return <span className="peer-revoked">✕ revoked</span>;
  return entry.online ? <span className="peer-online">● online</span> : <span>○ offline</span>;
}
