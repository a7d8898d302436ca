import { type SubmitEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { isAgentId } from '../../protocol/ids.ts';
import { Modal } from '../design/modal.tsx';
import { agentAddress } from '../routing/agent-place.ts';

/** Asks for the name of a new agent and opens it. */
export function NewAgent() {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [, navigate] = useLocation();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const agentId = name.trim();
    if (isAgentId(agentId)) navigate(agentAddress(agentId));
    else setProblem(whyNot(agentId));
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        + New agent
      </button>
      <Modal
        open={open}
        onOpenChange={setOpen}
        heading="New agent"
        description="It gets its own keys in this browser and registers under this name with the Controller."
      >
        <form className="home-new" onSubmit={submit} noValidate>
          <label className="field">
            <span className="field-label">agent_id</span>
            <input
              className="input mono"
              value={name}
              placeholder="quartermaster_agent_001"
              autoComplete="off"
              spellCheck={false}
              aria-invalid={problem !== undefined}
              aria-describedby="new-agent-problem"
              onChange={(event) => {
                setName(event.target.value);
                setProblem(undefined);
              }}
            />
          </label>
          <p id="new-agent-problem" className={problem === undefined ? 'small muted' : 'field-error'} role="status">
            {problem ?? '3 to 63 characters: a to z, 0 to 9 and _, a letter first.'}
          </p>
          <div className="modal-actions">
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Cancel
            </button>
            <button type="submit" className="button button-primary">
              Open it
            </button>
          </div>
        </form>
      </Modal>
    </>
  );
}

function whyNot(name: string): string {
  if (name.length < 3) return `A name has at least 3 characters; this one has ${name.length}.`;
  if (name.length > 63) return `A name has at most 63 characters; this one has ${name.length}.`;
  if (!/^[a-z]/.test(name)) return 'A name starts with a letter from a to z.';
  const [wrong = ''] = /[^a-z0-9_]/.exec(name) ?? [];
  return `“${wrong}” cannot stand in a name: use a to z, 0 to 9 and _.`;
}
