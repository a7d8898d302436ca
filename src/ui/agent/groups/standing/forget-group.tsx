import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { ConfirmButton } from '../../../design/confirm-button.tsx';
import { type AgentPlace, startingPlace } from '../../../routing/agent-place.ts';
import { useHosted } from '../../../state/hosted.ts';

interface ForgetGroupProps {
  readonly group: Pick<GroupView, 'groupId' | 'name'>;
  readonly go: (place: AgentPlace) => void;
}

/** Deletes a group that this agent is no longer in, after asking. */
export function ForgetGroup({ group: { groupId, name }, go }: ForgetGroupProps) {
  const { engine } = useHosted();
  return (
    <ConfirmButton
      label="Forget"
      accessibleName={`Forget ${name}`}
      className="button button-danger"
      heading={`Forget ${name}?`}
      description="The group and everything that was said in it are erased from this device and from the search index. This cannot be undone. The other members keep their copies; the audit trail stays."
      confirm="Forget it"
      action={async () => {
        await engine.forgetGroup(groupId);
        go(startingPlace);
      }}
    />
  );
}
