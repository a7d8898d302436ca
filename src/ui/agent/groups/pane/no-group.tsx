import { type AgentPlace, startingPlace } from '../../../routing/agent-place.ts';

/** Says that this agent has no group at the address, and leads on. */
export function NoGroup({ go }: { readonly go: (place: AgentPlace) => void }) {
  return (
    <section className="no-session">
      <h2>This agent is not in this group</h2>
      <p className="muted">
        It was forgotten here, the invitation was declined or expired, or the address is another agent’s. Who wants to
        join is invited by an admin of the group.
      </p>
      <p>
        <button type="button" className="button" onClick={() => go(startingPlace)}>
          Show the newest conversation
        </button>
      </p>
    </section>
  );
}
