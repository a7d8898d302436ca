import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';
import { isPast } from '../words/group-status.ts';
import { RenameGroup } from './rename-group.tsx';

/** Shows what can be set about a group: its name, by an admin, and whether this agent says what it has read. */
export function GroupSettings({ group }: { readonly group: GroupView }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const { groupId, sendsReceipts, isAdmin } = group;
  if (isPast(group)) return null;
  return (
    <section className="group-settings" aria-label="Settings of the group">
      {isAdmin && <RenameGroup key={group.name} group={group} />}
      <label className="group-setting">
        <input
          type="checkbox"
          checked={sendsReceipts}
          disabled={isAtWork}
          onChange={({ target }) => void run(() => engine.setGroupReceipts(groupId, target.checked))}
        />
        <span>Tell the others what this agent has read</span>
      </label>
      {failure !== undefined && <FailureLine failure={failure} />}
    </section>
  );
}
