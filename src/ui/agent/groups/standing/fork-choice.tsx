import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import '../../../design/notice.css';
import { FailureLine } from '../../../design/failure-line.tsx';
import { PartyMark } from '../../../design/party.tsx';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';
import { LeaveGroup } from './leave-group.tsx';

/** Shows who agrees with this agent on the history of a group and who does not, and lets its owner decide. */
export function ForkChoice({ group }: { readonly group: GroupView }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const { groupId, fork } = group;
  return (
    <section className="group-standing" data-tone="bad" aria-label="Members have different histories of this group">
      <div role="alert">
        <p>
          <strong>Members have different histories of this group.</strong> The delivery service showed them different
          changes, or somebody lies about what they saw. Nothing is sent until you decide. Ask the others over another
          channel first.
        </p>
        {fork !== undefined && (
          <dl className="fork-sides">
            <Side heading="agree with this agent" members={fork.agree} />
            <Side heading="have another history" members={fork.differ} />
            <Side heading="did not answer" members={fork.silent} />
          </dl>
        )}
      </div>
      <div className="notice-actions">
        <button
          type="button"
          className="button"
          disabled={isAtWork}
          onClick={() => void run(() => engine.goOnForked(groupId))}
        >
          {isAtWork ? 'Going on' : 'Go on with those that agree'}
        </button>
        <LeaveGroup group={group} className="button button-danger" />
      </div>
      {failure !== undefined && <FailureLine failure={failure} />}
    </section>
  );
}

function Side({ heading, members }: { readonly heading: string; readonly members: readonly string[] }) {
  return (
    <div>
      <dt>
        {members.length} {heading}
      </dt>
      <dd>
        {members.length === 0 ? (
          'nobody'
        ) : (
          <ul>
            {members.map((agentId) => (
              <li key={agentId}>
                <PartyMark agentId={agentId} /> {agentId}
              </li>
            ))}
          </ul>
        )}
      </dd>
    </div>
  );
}
