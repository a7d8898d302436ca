import { type ReactNode, useState } from 'react';
import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { ConfirmButton } from '../../../design/confirm-button.tsx';
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
  const { status, blocked, failing, waiting } = group;
  switch (status) {
    case 'creating':
      return <Standing>The group is being created. Nobody is invited until the delivery service has it.</Standing>;
    case 'joining':
      return <Standing>This agent is joining the group and reads what was sent since it was added.</Standing>;
    case 'stranded':
      return (
        <Standing tone="warn" act={<WayOut group={group} />}>
          <strong>This agent is stranded.</strong>{' '}
          {blocked === undefined ? 'It cannot read the group on.' : <UntrustedText text={blocked.detail} />} It asks one
          member a minute. What is sent meanwhile stays unreadable here.
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
          {failing !== undefined && (
            <Standing tone="warn">
              <strong>{failing.title}.</strong> <UntrustedText text={failing.detail} /> <code>{failing.code}</code>
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

/** Asks the members now to take this agent in again, or makes the group anew with them where none can. */
function WayOut({ group: { groupId, kind, name } }: { readonly group: GroupView }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const [notInvited, setNotInvited] = useState<readonly string[]>([]);
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
      {kind === 'group' && (
        <ConfirmButton
          label="Start anew"
          accessibleName={`Start ${name} anew`}
          className="button"
          heading={`Start ${name} anew?`}
          description="A new group of this name is made, with you as its admin, and the same members are invited. What was said stays stored here under the old group, which this agent leaves."
          confirm="Start anew"
          action={async () => {
            const { notInvited: those } = await engine.startGroupAnew(groupId);
            setNotInvited(those.map(({ agentId }) => agentId));
          }}
        />
      )}
      {notInvited.length > 0 && <p role="status">Not invited: {notInvited.join(', ')}. Invite them later.</p>}
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}
