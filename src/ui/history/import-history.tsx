import { type SubmitEvent, useRef, useState } from 'react';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount } from '../design/format.ts';
import { useHosted } from '../state/hosted.ts';
import { useTask } from '../state/use-task.ts';
import { PassphraseField } from './passphrase-field.tsx';

/** Brings an exported history in, to be read. */
export function ImportHistory({ changed }: { readonly changed: () => void }) {
  const { engine } = useHosted();
  const form = useRef<HTMLFormElement>(null);
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState('');
  const { isAtWork, failure, run, forget } = useTask();
  const [done, setDone] = useState<string>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (file === undefined) return;
    setDone(undefined);
    await run(async () => {
      const { agentId, peers } = await engine.importHistory(await file.bytes(), passphrase);
      const exchanges = peers.reduce((sum, each) => sum + each.exchanges, 0);
      setDone(`The history of ${agentId} is here: ${formatCount(exchanges, 'exchange')}.`);
      setPassphrase('');
      setFile(undefined);
      form.current?.reset();
      changed();
    });
  };
  return (
    <form ref={form} className="history-form" aria-label="Import a history" onSubmit={(event) => void submit(event)}>
      <p className="muted">
        Open a history that was exported elsewhere, to read it. It stays separate from this agent’s own conversations:
        nothing in it is sent, answered or searched.
      </p>
      <div className="history-fields">
        <label className="field">
          <span className="field-label">File</span>
          <input
            className="input"
            type="file"
            accept=".age"
            disabled={isAtWork}
            onChange={(event) => {
              setFile(event.target.files?.[0]);
              forget();
            }}
          />
        </label>
        <PassphraseField label="Its passphrase" value={passphrase} change={setPassphrase} isFixed={isAtWork} />
        <button type="submit" className="button" disabled={isAtWork || file === undefined || passphrase === ''}>
          Import history
        </button>
      </div>
      <p role="status">{isAtWork ? 'Making the key from the passphrase. It takes some seconds.' : done}</p>
      {failure !== undefined && <FailureLine failure={failure} />}
    </form>
  );
}
