import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { AgentId } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { knownAgents } from '../../storage/indexeddb/known-agents.ts';
import { Modal } from '../design/modal.tsx';
import { agentAddress } from '../routing/agent-place.ts';
import { readNames } from '../state/directory-names.ts';
import { failureOf } from '../state/failure.ts';
import { freeName, isListed, stemOf } from '../state/free-names.ts';

/** Asks for the name of a new agent and opens it. */
export function NewAgent() {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [, navigate] = useLocation();
  const [free, setFree] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  // Counts what was asked: an answer counts while nobody has left, cancelled, edited the name or asked again.
  const asked = useRef(0);
  useEffect(
    () => () => {
      asked.current += 1;
    },
    [],
  );
  const forget = () => {
    asked.current += 1;
    setAsking(false);
    setProblem(undefined);
    setFree(undefined);
  };
  const show = (shown: boolean) => {
    setOpen(shown);
    forget();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const agentId = name.trim();
    if (!isAgentId(agentId)) return setProblem(whyNot(agentId));
    forget();
    setAsking(true);
    const mine = asked.current;
    try {
      const instead = await freeInsteadOf(agentId);
      if (mine === asked.current) answer(agentId, instead);
    } catch (cause) {
      if (mine === asked.current) setProblem(failureOf(cause).detail);
    } finally {
      if (mine === asked.current) setAsking(false);
    }
  };
  const answer = (agentId: AgentId, instead: AgentId | undefined) => {
    if (instead === undefined) return navigate(agentAddress(agentId));
    setProblem(`“${agentId}” is registered to other keys. ${instead} is free.`);
    setFree(instead);
  };
  return (
    <>
      <button type="button" className="button" onClick={() => show(true)}>
        + New agent
      </button>
      <Modal
        open={open}
        onOpenChange={show}
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
                forget();
              }}
            />
          </label>
          <p id="new-agent-problem" className={problem === undefined ? 'small muted' : 'field-error'} role="status">
            {problem ?? '3 to 63 characters: a to z, 0 to 9 and _, a letter first.'}
          </p>
          <div className="modal-actions">
            <button type="button" className="button" onClick={() => show(false)}>
              Cancel
            </button>
            {free !== undefined && (
              <button type="button" className="button" onClick={() => navigate(agentAddress(free))}>
                Open {free}
              </button>
            )}
            <button type="submit" className="button button-primary" disabled={isAsking}>
              {isAsking ? 'Asking the directory' : 'Open it'}
            </button>
          </div>
        </form>
      </Modal>
    </>
  );
}

/**
 * Returns a free name near one that belongs to keys of another browser; undefined where the name can be opened as it is, and where
 * nobody can say: then its start tells.
 */
async function freeInsteadOf(agentId: AgentId): Promise<AgentId | undefined> {
  try {
    const known = await knownAgents();
    if (known.some((agent) => agent.agentId === agentId && agent.signingFingerprint !== undefined)) return undefined;
    return (await isListed(agentId, readNames)) ? await freeName(stemOf(agentId), readNames) : undefined;
  } catch (cause) {
    if (cause instanceof ParleyError) return undefined;
    throw cause;
  }
}

function whyNot(name: string): string {
  if (name.length < 3) return `A name has at least 3 characters; this one has ${name.length}.`;
  if (name.length > 63) return `A name has at most 63 characters; this one has ${name.length}.`;
  if (!/^[a-z]/.test(name)) return 'A name starts with a letter from a to z.';
  const [wrong = ''] = /[^a-z0-9_]/.exec(name) ?? [];
  return `“${wrong}” cannot stand in a name: use a to z, 0 to 9 and _.`;
}
