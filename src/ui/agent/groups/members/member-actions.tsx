import type { GroupMemberView, GroupView } from '../../../../agent/contracts/group-views.ts';
import { ConfirmButton } from '../../../design/confirm-button.tsx';
import { FailureLine } from '../../../design/failure-line.tsx';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';

interface MemberActionsProps {
  readonly member: GroupMemberView;
  readonly group: GroupView;
}

/** Shows what an admin can do with a member: make it an admin or end that, and remove it after asking. */
export function MemberActions({ member, group }: MemberActionsProps) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const { agentId, isAdmin } = member;
  const { groupId, name, members } = group;
  const admins = members.filter((each) => each.isAdmin).map((each) => each.agentId);
  const wanted = isAdmin ? admins.filter((each) => each !== agentId) : [...admins, agentId];
  return (
    <div className="member-actions">
      <button
        type="button"
        className="button button-quiet"
        disabled={isAtWork}
        aria-label={`${isAdmin ? 'No longer an admin' : 'Make admin'}: ${agentId}`}
        onClick={() => void run(() => engine.setGroupAdmins(groupId, wanted))}
      >
        {isAdmin ? 'No longer an admin' : 'Make admin'}
      </button>
      <ConfirmButton
        label="Remove"
        accessibleName={`Remove ${agentId}`}
        className="button button-danger"
        heading={`Remove ${agentId} from ${name}?`}
        description="It reads nothing that is sent from then on. It keeps what it has read so far. To come back it must be invited."
        confirm="Remove it"
        action={async () => {
          await engine.removeFromGroup(groupId, [agentId]);
        }}
      />
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
