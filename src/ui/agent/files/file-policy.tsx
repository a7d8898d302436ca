import { useEffect, useId, useRef, useState } from 'react';
import type { FilePolicy } from '../../../agent/contracts/file-views.ts';
import type { FilesApi } from '../../../agent/contracts/files-api.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { formatSize } from '../../design/format.ts';
import { useTask } from '../../state/use-task.ts';
import './file-policy.css';

const megabyte = 1_000_000;
/** Bytes up to which files can be accepted by themselves. */
const sizes = [1, 10, 100, 1_000, 10_000].map((many) => many * megabyte);
const usual = 10 * megabyte;

interface FilePolicyButtonProps {
  readonly peerId: string;
  readonly calls: Pick<FilesApi, 'policy' | 'setPolicy'>;
}

/** Says what happens to the files that a peer offers, and opens the choice of it. */
export function FilePolicyButton({ peerId, calls }: FilePolicyButtonProps) {
  const id = useId();
  const [policy, setPolicy] = useState<FilePolicy>();
  const { isAtWork, failure, run } = useTask();
  const words = `files: ${policy === undefined ? 'not known' : wordsOf(policy)}`;
  const begun = useRef(run);
  useEffect(() => {
    void begun.current(async () => setPolicy(await calls.policy(peerId)));
  }, [calls, peerId]);
  const choose = (next: FilePolicy) => {
    // At once, so that the choice follows the hand; back to what it was when it could not be stored.
    setPolicy(next);
    return run(async () => {
      try {
        await calls.setPolicy(peerId, next);
      } catch (cause) {
        setPolicy(policy);
        throw cause;
      }
    });
  };
  return (
    <>
      <button
        type="button"
        className="session-verify"
        popoverTarget={id}
        aria-label={`${words}: when ${peerId} offers one`}
      >
        {words}
      </button>
      <div id={id} popover="auto" className="file-policy" role="dialog" aria-label={`Files from ${peerId}`}>
        <fieldset disabled={policy === undefined} aria-busy={isAtWork}>
          <legend>When {peerId} offers a file</legend>
          <PolicyChoice policy={policy} choose={(next) => void choose(next)} />
        </fieldset>
        <p className="small muted">
          A larger file is asked about, and so is what goes beyond ten times that size a day. Files are stored in this
          browser until you remove them.
        </p>
        {failure !== undefined && <FailureLine failure={failure} />}
      </div>
    </>
  );
}

interface PolicyChoiceProps {
  readonly policy: FilePolicy | undefined;
  readonly choose: (policy: FilePolicy) => void;
}

function PolicyChoice({ policy, choose }: PolicyChoiceProps) {
  const name = useId();
  const upTo = policy?.kind === 'accept' ? policy.upTo : usual;
  const choice = (kind: FilePolicy['kind'], words: string, next: FilePolicy) => (
    <label>
      <input type="radio" name={name} checked={policy?.kind === kind} onChange={() => choose(next)} /> {words}
    </label>
  );
  return (
    <>
      {choice('ask', 'ask me', { kind: 'ask' })}
      <span className="file-policy-accept">
        {choice('accept', 'accept it up to', { kind: 'accept', upTo })}
        <select
          className="input"
          aria-label="Largest file to accept"
          value={upTo}
          onChange={({ target }) => choose({ kind: 'accept', upTo: Number(target.value) })}
        >
          {(sizes.includes(upTo) ? sizes : [...sizes, upTo].sort((a, b) => a - b)).map((size) => (
            <option key={size} value={size}>
              {formatSize(size)}
            </option>
          ))}
        </select>
      </span>
      {choice('never', 'decline it', { kind: 'never' })}
    </>
  );
}

function wordsOf(policy: FilePolicy): string {
  switch (policy.kind) {
    case 'ask':
      return 'ask';
    case 'accept':
      return `up to ${formatSize(policy.upTo)}`;
    case 'never':
      return 'never';
  }
}
