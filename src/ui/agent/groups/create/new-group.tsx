import { type SubmitEvent, useId, useState } from 'react';
import { FailureLine } from '../../../design/failure-line.tsx';
import { Modal } from '../../../design/modal.tsx';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';
import { AgentPicker } from '../picker/agent-picker.tsx';
import { problemOfName } from '../words/group-name.ts';

interface NewGroupProps {
  readonly close: () => void;
  readonly go: (place: AgentPlace) => void;
}

/** Asks for the name of a new group and whom to invite, makes it and leads to it. */
export function NewGroup({ close, go }: NewGroupProps) {
  const { engine, agentId } = useHosted();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [isTried, setTried] = useState(false);
  const { isAtWork, failure, run } = useTask();
  const problemId = useId();
  const problem = isTried ? problemOfName(name.trim()) : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isAtWork || problemOfName(name.trim()) !== undefined) return;
    void run(async () => {
      const { groupId } = await engine.createGroup({ name: name.trim(), invite: chosen });
      close();
      go({ section: 'talk', tab: 'conversation', groupId });
    });
  };
  return (
    <Modal
      open
      onOpenChange={() => {
        if (!isAtWork) close();
      }}
      heading="New group"
      description="All members share one conversation, and the keys change with every member that joins or leaves. You are its admin."
    >
      <form className="agent-picker" onSubmit={submit} noValidate>
        <label className="field">
          <span className="field-label">Name</span>
          <input
            className="input"
            value={name}
            placeholder="release-team"
            autoComplete="off"
            aria-invalid={problem !== undefined}
            aria-describedby={problemId}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <p id={problemId} className="field-error" role="status">
          {problem}
        </p>
        <AgentPicker without={[agentId]} chosen={chosen} choose={setChosen} />
        {failure !== undefined && <FailureLine failure={failure} />}
        <div className="modal-actions">
          <button type="button" className="button" disabled={isAtWork} onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={isAtWork}>
            {isAtWork ? 'Creating the group' : 'Create'}
          </button>
        </div>
      </form>
    </Modal>
  );
}
