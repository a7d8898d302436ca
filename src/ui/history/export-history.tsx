import { type SubmitEvent, useId, useState } from 'react';
import { shortestPassphrase } from '../../agent/contracts/history-limits.ts';
import { Choice } from '../design/choice.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatSize } from '../design/format.ts';
import { saveFile } from '../design/save-file.ts';
import { useConversationNames } from '../state/conversation-names.ts';
import { useHosted } from '../state/hosted.ts';
import { useTask } from '../state/use-task.ts';
import { PassphraseField } from './passphrase-field.tsx';
import { whyNotExport } from './passphrases.ts';

/** Saves the history, of all peers or one, as a file under a passphrase. */
export function ExportHistory({ peers }: { readonly peers: readonly string[] }) {
  const { engine, agentId } = useHosted();
  const [peer, setPeer] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problem, setProblem] = useState<string>();
  const { isAtWork, failure, run, forget } = useTask();
  const [saved, setSaved] = useState<string>();
  const problemId = useId();
  const name = `${agentId}.history.age`;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setSaved(undefined);
    forget();
    const why = whyNotExport(passphrase, repeated);
    setProblem(why);
    if (why !== undefined) return;
    await run(async () => {
      const file = await engine.exportHistory(passphrase, peer === '' ? undefined : peer);
      saveFile(name, 'application/octet-stream', file);
      setSaved(`${name}, ${formatSize(file.length)}, is in your downloads. Nobody can open it without the passphrase.`);
      setPassphrase('');
      setRepeated('');
    });
  };
  return (
    <form className="history-form" aria-label="Export the history" onSubmit={(event) => void submit(event)}>
      <p className="muted">
        One file in the age format, which other age programs open too. Whoever gets it can try passphrases without
        limit: use six random words, at least {shortestPassphrase} characters.
      </p>
      <div className="history-fields">
        <Choice label="Peer" value={peer} values={peers} onChange={setPeer} nameOf={useConversationNames()} />
        <PassphraseField
          label="Passphrase"
          value={passphrase}
          change={setPassphrase}
          isNew
          isFixed={isAtWork}
          isWrong={problem !== undefined}
          describedBy={problemId}
        />
        <PassphraseField
          label="Type it again"
          value={repeated}
          change={setRepeated}
          isNew
          isFixed={isAtWork}
          isWrong={problem !== undefined}
          describedBy={problemId}
        />
        <button type="submit" className="button button-primary" disabled={isAtWork || peers.length === 0}>
          Export history
        </button>
      </div>
      <p id={problemId} className={problem === undefined ? undefined : 'field-error'} role="status">
        {problem ?? (isAtWork ? working : saved)}
      </p>
      {failure !== undefined && <FailureLine failure={failure} />}
    </form>
  );
}

const working = 'Making the key from the passphrase. It takes some seconds, so that guessing takes years.';
