import { create } from 'zustand';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { readTraceFile, requireTraceSize, type SavedRecording } from '../../../recording/trace-file.ts';
import { failureOf } from '../../state/failure.ts';

interface TraceState {
  readonly name: string;
  readonly saved?: SavedRecording;
  readonly failure?: FailureView;
  readonly reading: boolean;
}

const closed: TraceState = { name: '', reading: false };

/** Holds the file that the trace page shows; it lives as long as the page and is stored nowhere. */
export const useOpenTrace = create<TraceState>(() => closed);

/** Reads a file; what is wrong with it is shown, and a file that was open before stays open. */
export async function openTraceFile(file: File): Promise<void> {
  useOpenTrace.setState({ reading: true });
  try {
    requireTraceSize(file.size);
    const saved = readTraceFile(new Uint8Array(await file.arrayBuffer()));
    useOpenTrace.setState({ name: file.name, saved, reading: false }, true);
  } catch (cause) {
    useOpenTrace.setState({ failure: failureOf(cause), reading: false });
  }
}

/** Closes the file. */
export function closeTraceFile(): void {
  useOpenTrace.setState(closed, true);
}
