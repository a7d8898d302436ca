import type { Presence } from '../../state/presence.ts';

/** Shows whether a peer can be reached, as the directory says; grey where nobody can tell. */
export function PeerPresence({ presence }: { readonly presence: Presence }) {
  switch (presence) {
    case 'revoked':
      return <span className="peer-revoked">✕ revoked</span>;
    case 'online':
      return <span className="peer-online">● online</span>;
    case 'offline':
      return <span>○ offline</span>;
    case 'unlisted':
      return <span title="The directory has no agent of this name">○ not listed</span>;
    case 'unknown':
      return (
        <span title="The directory cannot be asked at the moment, or has not listed this peer here">○ not known</span>
      );
  }
}
