import type { FileView } from '../../../agent/contracts/file-views.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { fileCalls } from './file-calls.ts';
import { FileRow } from './file-row.tsx';

/** Shows a file of this agent in its conversation. */
export function PeerFileRow({ file }: { readonly file: FileView }) {
  const { engine, agentId } = useHosted();
  const isCutOff = useAgentState(({ line }) => line !== undefined && line.status !== 'connected');
  return <FileRow file={file} ownId={agentId} obstacle={isCutOff ? 'own' : 'peer'} calls={fileCalls(engine)} />;
}
