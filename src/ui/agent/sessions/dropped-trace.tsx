/** Shows what is in the place of a session's steps once the agent had no more room for them. */
export function DroppedTrace() {
  return (
    <section className="no-session">
      <h2>The steps of this session are no longer in memory</h2>
      <p className="muted">
        The agent holds the steps and the handshake traffic of its newest sessions only. The session is not affected:
        its conversation is stored, and its handshake is in the audit trail.
      </p>
    </section>
  );
}
