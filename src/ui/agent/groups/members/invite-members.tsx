import { type SubmitEvent, useState } from 'react';
import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { formatCount } from '../../../design/format.ts';
import { Modal } from '../../../design/modal.tsx';
import { useSlow } from '../../../design/use-slow.ts';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';
import { AgentPicker } from '../picker/agent-picker.tsx';

interface InviteMembersProps {
  readonly group: GroupView;
  readonly close: () => void;
}

/** Adds agents of the directory to a group. */
export function InviteMembers({ group, close }: InviteMembersProps) {
  const { engine } = useHosted();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { isAtWork, failure, run } = useTask();
  const isSlow = useSlow(isAtWork);
  const [isHidden, setHidden] = useState(false);
  // What fails after the dialog was closed opens it again: the choice is still there.
  const isShown = !isHidden || (failure !== undefined && !isAtWork);
  const leave = () => {
    if (isAtWork) setHidden(true);
    else close();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (chosen.length === 0 || isAtWork) return;
    void run(async () => {
      await engine.inviteToGroup(group.groupId, chosen);
      close();
    });
  };
  return (
    <Modal
      open={isShown}
      onOpenChange={leave}
      heading={`Invite into ${group.name}`}
      description="Who joins reads what is sent from then on, and nothing from before."
    >
      <form className="agent-picker" onSubmit={submit}>
        <AgentPicker without={group.members.map(({ agentId }) => agentId)} chosen={chosen} choose={setChosen} />
        {failure !== undefined && <FailureLine failure={failure} />}
        <p className="small muted" role="status">
          {isSlow &&
            `Getting the keys of ${formatCount(chosen.length, 'agent')}, then changing the keys of the group. It goes on when you close this.`}
        </p>
        <div className="modal-actions">
          <button type="button" className="button" onClick={leave}>
            {isAtWork ? 'Close' : 'Cancel'}
          </button>
          <button type="submit" className="button button-primary" disabled={isAtWork || chosen.length === 0}>
            {inviteWord(isAtWork, chosen.length)}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function inviteWord(isAtWork: boolean, count: number): string {
  if (isAtWork) return 'Inviting';
  return count === 0 ? 'Invite' : `Invite ${formatCount(count, 'agent')}`;
}
