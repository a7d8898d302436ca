import type { GroupSettingsView } from '../../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { useAgentState, useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';

/** Shows which invitations of known agents are joined without a question, and switches it. */
export function JoinSettings() {
  const { engine } = useHosted();
  const { joinsByItself } = useAgentState((state) => state.groupSettings);
  const { isAtWork, failure, run } = useTask();
  const choices = [
    ['direct', 'Read what a known agent left for this one'],
    ['group', 'Join groups of known agents'],
  ] as const;
  return (
    <details className="join-settings">
      <summary>Without asking you: {joinedWord(joinsByItself)}</summary>
      {choices.map(([kind, words]) => (
        <label
          key={kind}
          className="group-setting"
          title="Known: you have verified it, or one of you has answered the other"
        >
          <input
            type="checkbox"
            checked={joinsByItself[kind]}
            disabled={isAtWork}
            onChange={({ target }) =>
              void run(() => engine.setGroupSettings({ joinsByItself: { ...joinsByItself, [kind]: target.checked } }))
            }
          />
          <span>{words}</span>
        </label>
      ))}
      {failure !== undefined && <FailureLine failure={failure} />}
    </details>
  );
}

/** Returns what is joined without a question, in a word or two. */
function joinedWord({ direct, group }: GroupSettingsView['joinsByItself']): string {
  if (direct && group) return 'messages, groups';
  if (direct) return 'messages';
  return group ? 'groups' : 'nothing';
}
