import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react';
import { FailureLine } from '../../../design/failure-line.tsx';
import { formatCount } from '../../../design/format.ts';
import { Modal } from '../../../design/modal.tsx';
import { useSlow } from '../../../design/use-slow.ts';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../../state/hosted.ts';
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
  const isSlow = useSlow(isAtWork);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  const [key] = useState(() => crypto.randomUUID());
  const isBegun = useAgentState(({ groups }) =>
    groups.some((group) => group.status === 'creating' && group.name === name.trim()),
  );
  const problemId = useId();
  const problem = isTried ? problemOfName(name.trim()) : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isAtWork || problemOfName(name.trim()) !== undefined) return;
    void run(async () => {
      const { groupId } = await engine.createGroup({ name: name.trim(), invite: chosen }, key);
      // Who has closed it meanwhile is elsewhere.
      if (!isOpen.current) return;
      close();
      go({ section: 'talk', tab: 'conversation', groupId });
    });
  };
  const end = () => {
    // What is stored already goes on, and is seen in the list of groups.
    if (isAtWork && !isBegun) engine.cancelCreatingGroup(key).catch(() => undefined);
    close();
  };
  return (
    <Modal
      open
      onOpenChange={end}
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
        <p className="small muted" role="status">
          {isSlow && progressWords(chosen.length, isBegun)}
        </p>
        <div className="modal-actions">
          <button type="button" className="button" onClick={end}>
            {isAtWork && isBegun ? 'Close' : 'Cancel'}
          </button>
          <button type="submit" className="button button-primary" disabled={isAtWork}>
            {isAtWork ? 'Creating the group' : 'Create'}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** Returns what a creation that takes its time waits for. */
function progressWords(invited: number, isBegun: boolean): string {
  if (isBegun) return 'The delivery service is storing the group. It goes on when you close this.';
  return invited === 0
    ? 'Making the keys of the group.'
    : `Getting the keys of ${formatCount(invited, 'agent')} from the delivery service.`;
}
