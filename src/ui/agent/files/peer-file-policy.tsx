import { useHosted } from '../../state/hosted.ts';
import { fileCalls } from './file-calls.ts';
import { FilePolicyButton } from './file-policy.tsx';

/** Shows and chooses what this agent does with the files that a peer offers. */
export function PeerFilePolicy({ peerId }: { readonly peerId: string }) {
  return <FilePolicyButton peerId={peerId} calls={fileCalls(useHosted().engine)} />;
}
