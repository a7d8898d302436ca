import { useState } from 'react';
import { Link } from 'wouter';
import { ConfirmButton } from '../design/confirm-button.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { AgentCard } from './agent-card.tsx';
import './free-mode.css';
import { HeldMessage } from './held-message.tsx';
import { InjectBox } from './inject-box.tsx';
import { LineDiagram } from './line-diagram.tsx';
import { useFreeLine } from './use-free-line.ts';

/**
 * Shows free mode: the person at the screen is the attacker, and every message between Traveller and Helper waits for
 * a decision.
 */
export function FreeMode() {
  const { state, line, failure, startOver, attempt } = useFreeLine();
  const [chosen, setChosen] = useState<number>();
  if (state === undefined || line === undefined) {
    return (
      <section aria-label="Free mode">
        {failure === undefined ? (
          <p className="muted" role="status">
            Opening Traveller and Helper: making keys and certificates …
          </p>
        ) : (
          <>
            <FailureLine failure={failure} />
            <button type="button" className="button" onClick={startOver}>
              Try again
            </button>
          </>
        )}
      </section>
    );
  }
  const held = state.held.find(({ number }) => number === chosen) ?? state.held[0];
  return (
    <section className="free" aria-label="Free mode">
      <Link href="/lab" className="lab-back">
        ← All attacks
      </Link>
      <header className="lab-scenario-head">
        <h1>Free mode: you are the attacker</h1>
        <ConfirmButton
          label="Start over"
          className="button"
          heading="Start over?"
          description="Both agents, their sessions and all traffic are deleted, and two new agents are opened."
          confirm="Start over"
          action={async () => startOver()}
        />
      </header>
      <p className="muted">
        Let an agent do something; each message then waits in your hands. Edit any member, flip a bit, forward, drop,
        duplicate or delay it, or decide about a later one first.
      </p>
      {failure !== undefined && <FailureLine failure={failure} />}
      <div className="free-agents">
        {state.agents.map((agent) => (
          <AgentCard key={agent.party} agent={agent} line={line} attempt={attempt} />
        ))}
      </div>
      <section className="free-hands" aria-label="In your hands">
        <div className="free-hands-head">
          <h2>
            In your hands: {state.held.length} {state.held.length === 1 ? 'message' : 'messages'}
          </h2>
          <label>
            <input
              type="checkbox"
              checked={state.holding}
              onChange={(event) => attempt(line.setHolding(event.target.checked))}
            />{' '}
            hold every message
          </label>
        </div>
        {state.held.length === 0 && (
          <p className="muted">
            {state.holding
              ? 'Nothing waits. Let an agent connect or send: its message will stop here.'
              : 'Messages pass, and you only read them. Hold them to change anything.'}
          </p>
        )}
        {state.held.length > 1 && (
          <ul className="free-queue" aria-label="Waiting messages, oldest first">
            {state.held.map((message) => (
              <li key={message.number}>
                <button
                  type="button"
                  className="lab-view-button"
                  aria-pressed={message.number === held?.number}
                  onClick={() => setChosen(message.number)}
                >
                  {message.kind} from {message.from}
                </button>
              </li>
            ))}
          </ul>
        )}
        {held !== undefined && <HeldMessage key={held.number} message={held} line={line} attempt={attempt} />}
      </section>
      <h2>What has passed</h2>
      <LineDiagram messages={state.passed} />
      <InjectBox passed={state.passed} line={line} attempt={attempt} />
    </section>
  );
}
