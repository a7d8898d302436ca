import type { ReactNode } from 'react';
import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { useHosted } from '../../../state/hosted.ts';
import { useTask } from '../../../state/use-task.ts';
import { ForgetGroup } from './forget-group.tsx';
import { ForkChoice } from './fork-choice.tsx';
import './group-standing.css';

interface GroupStandingProps {
  readonly group: GroupView;
  readonly go: (place: AgentPlace) => void;
}

/** Shows how this agent stands in a group where that is not simply as a member, and what to do about it. */
export function GroupStanding({ group, go }: GroupStandingProps) {
  const { groupId, status, blocked, waiting } = group;
  switch (status) {
    case 'creating':
      return <Standing>The group is being created. Nobody is invited until the delivery service has it.</Standing>;
    case 'joining':
      return <Standing>This agent is joining the group and reads what was sent since it was added.</Standing>;
    case 'stranded':
      return (
        <Standing tone="warn" act={<AskAgain groupId={groupId} />}>
          <strong>This agent is stranded.</strong> It missed a change of the group’s keys, so it cannot read what comes
          after. It asks the members to take it in again, one a minute. What is sent meanwhile stays unreadable here.
        </Standing>
      );
    case 'forked':
      return <ForkChoice group={group} />;
    case 'leaving':
      return (
        <Standing>
          This agent asked to leave. Another member’s agent removes it with its next change; until then it still reads.
        </Standing>
      );
    case 'left':
    case 'removed':
      return (
        <Standing act={<ForgetGroup group={group} go={go} />}>
          {status === 'left' ? 'This agent left the group.' : 'This agent was removed from the group.'} What was said
          until then stays stored here. Later messages cannot be read.
        </Standing>
      );
    case 'member':
      return (
        <>
          {waiting !== undefined && (
            <Standing tone="warn">
              <strong>{waiting.title}.</strong> <UntrustedText text={waiting.detail} /> Newer messages appear after
              that. <code>{waiting.code}</code>
            </Standing>
          )}
          {blocked !== undefined && (
            <Standing tone="warn">
              <strong>{blocked.title}.</strong> <UntrustedText text={blocked.detail} />{' '}
              {blocked.code === 'delivery_unreachable' && 'What you send waits here, encrypted, until it answers.'}{' '}
              <code>{blocked.code}</code>
            </Standing>
          )}
        </>
      );
  }
}

interface StandingProps {
  readonly tone?: 'warn';
  readonly children: ReactNode;
  /** What the owner can do. */
  readonly act?: ReactNode;
}

function Standing({ tone, children, act }: StandingProps) {
  return (
    <div className="group-standing" data-tone={tone}>
      <p role="status">{children}</p>
      {act}
    </div>
  );
}

/** Asks the members now to take this agent in again. */
function AskAgain({ groupId }: { readonly groupId: string }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={isAtWork}
        onClick={() => void run(() => engine.rejoinGroup(groupId))}
      >
        {isAtWork ? 'Asking' : 'Ask now'}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}
