import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { ConfirmButton } from '../../../design/confirm-button.tsx';
import { useHosted } from '../../../state/hosted.ts';

interface LeaveGroupProps {
  readonly group: Pick<GroupView, 'groupId' | 'name' | 'members'>;
  readonly className: string;
}

/** Leaves a group, after asking. */
export function LeaveGroup({ group: { groupId, name, members }, className }: LeaveGroupProps) {
  const { engine } = useHosted();
  const isAlone = members.length === 1;
  return (
    <ConfirmButton
      label="Leave"
      accessibleName={`Leave ${name}`}
      className={className}
      heading={`Leave ${name}?`}
      description={`This agent sends nothing more${isAlone ? '. Nobody else is in the group, so it ends' : ', and reads nothing that is said after another member has removed it'}. What was said stays stored here. To come back it must be invited.`}
      confirm="Leave"
      action={() => engine.leaveGroup(groupId)}
    />
  );
}
