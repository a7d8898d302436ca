import { type SubmitEvent, useId, useState } from 'react';
import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';
import { problemOfName } from '../words/group-name.ts';

/** Gives a group another name. */
export function RenameGroup({ group }: { readonly group: GroupView }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const [name, setName] = useState(group.name);
  const problemId = useId();
  const wanted = name.trim();
  const problem = problemOfName(wanted);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (problem !== undefined || wanted === group.name || isAtWork) return;
    void run(() => engine.renameGroup(group.groupId, wanted));
  };
  return (
    <form className="group-rename" onSubmit={submit} noValidate>
      <label className="field">
        <span className="field-label">Name of the group</span>
        <input
          className="input"
          value={name}
          autoComplete="off"
          aria-invalid={problem !== undefined}
          aria-describedby={problemId}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <button type="submit" className="button" disabled={isAtWork || wanted === group.name}>
        {isAtWork ? 'Renaming' : 'Rename'}
      </button>
      <p id={problemId} className="field-error" role="status">
        {problem}
      </p>
      {failure !== undefined && <FailureLine failure={failure} />}
    </form>
  );
}
