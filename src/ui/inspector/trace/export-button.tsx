import type { Recording } from '../../../recording/recording.ts';
import { traceFileName, writeTraceFile } from '../../../recording/trace-file.ts';
import { saveFile } from '../../design/save-file.ts';

/** Saves a recording as a file: what travelled, the checks and their times; no keys and nothing decrypted. */
export function ExportButton({ recording }: { readonly recording: Recording }) {
  const save = () => {
    const now = Date.now();
    saveFile(traceFileName(recording, now), 'application/json', writeTraceFile(recording, now));
  };
  return (
    <button
      type="button"
      className="button button-quiet"
      title="A JSON file for a bug report: messages as sent, checks and times. No keys, nothing decrypted."
      onClick={save}
    >
      Export trace
    </button>
  );
}
