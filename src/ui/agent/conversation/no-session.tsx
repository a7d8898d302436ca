import { Link } from 'wouter';
import { shortId } from '../../design/format.ts';
import { type AgentPlace, startingPlace } from '../../routing/agent-place.ts';
import { roleAddress } from '../../routing/role-address.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { otherRole, roleNames } from '../../state/role-names.ts';
import { StoredConversations } from './stored-conversations.tsx';

interface NoSessionProps {
  /** The session that the address names and that is not there. */
  readonly named: string | undefined;
  readonly go: (place: AgentPlace) => void;
}

/** Shows the main pane without a session: what to do first, or why the session of the address is gone. */
export function NoSession({ named, go }: NoSessionProps) {
  const { agentId } = useHosted();
  const other = otherRole(agentId);
  const others = useAgentState(({ sessions }) => sessions.length);
  if (named !== undefined) {
    return (
      <section className="no-session">
        <h2>Session {shortId(named)} is no longer in memory</h2>
        <p className="muted">
          A session’s keys and traces are in memory only. Closing or reloading the tab erases them, so old traffic
          cannot be decrypted. Its conversation is stored and continues in a new session.
        </p>
        <StoredConversations go={go} />
        <p>
          <button
            type="button"
            className="button"
            onClick={() => go(others === 0 ? { section: 'peers', tab: 'conversation' } : startingPlace)}
          >
            {others === 0 ? 'Show the peers' : 'Show the newest session'}
          </button>
        </p>
      </section>
    );
  }
  return (
    <section className="no-session">
      <StoredConversations go={go} />
      <h2>Connect to a peer</h2>
      <ol className="muted">
        <li>
          <span>
            Open a second agent:{' '}
            <a href={roleAddress(other)} target="_blank" rel="noreferrer">
              {roleNames[other]} in another tab
            </a>
            , or both <Link href="/both">side by side</Link>.
          </span>
        </li>
        <li>
          <span>It appears under Peers as online. Connect: four messages, and both prove who they are.</span>
        </li>
        <li>
          <span>
            Write something and press Enter. Conversation shows the content. Wire shows what an observer sees.
          </span>
        </li>
        <li>
          <span>More than two agents talk in a group: New group, beside Groups, invites them.</span>
        </li>
      </ol>
    </section>
  );
}
