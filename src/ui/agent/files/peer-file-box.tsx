import { useHosted } from '../../state/hosted.ts';
import { FileBox } from './file-box.tsx';
import { fileCalls } from './file-calls.ts';

interface PeerFileBoxProps {
  readonly peerId: string;
  readonly offering: () => void;
}

/** Offers files of this agent to a peer. */
export function PeerFileBox({ peerId, offering }: PeerFileBoxProps) {
  return <FileBox peerId={peerId} offer={fileCalls(useHosted().engine).offer} offering={offering} />;
}
