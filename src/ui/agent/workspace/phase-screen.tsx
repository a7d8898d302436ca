import { useState } from 'react';
import { Link } from 'wouter';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { Notice } from '../../design/notice.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { chosenRole } from '../../state/chosen-names.ts';
import { failureOf } from '../../state/failure.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { isRealNetwork } from '../../state/network.ts';
import { ForgetAgent } from '../identity/forget-button.tsx';
import { OpenNextFree } from './open-next-free.tsx';
import { RegistrationToken } from './registration-token.tsx';
import { StartProgress } from './start-progress.tsx';
import { TakenName } from './taken-name.tsx';

/** Shows an agent that is not ready: what it is doing, or what stopped it and what to do. */
export function PhaseScreen() {
  const phase = useAgentState((state) => state.phase);
  const { engine, agentId } = useHosted();
  switch (phase.phase) {
    case 'starting':
    case 'registering':
      return <StartProgress step={phase.phase} />;
    case 'making_keys':
      return <StartProgress step="making_keys" made={phase.made} of={phase.of} />;
    case 'ready':
      return null;
    case 'in_use':
      return (
        <Notice tone="plain" heading="This agent is open in another tab">
          <p>
            An agent runs in one tab at a time, so that no request is answered twice. Continue there, or move it here.
            Its sessions end when it moves; keys and certificates stay.
          </p>
          <div className="notice-actions">
            <Act word="Take over here" act={() => engine.takeOver()} />
            <OpenNextFree isQuiet />
          </div>
        </Notice>
      );
    case 'taken_over':
      return (
        <Notice tone="plain" heading="This agent has moved to another tab">
          <p>It was taken over there. Its sessions in this tab have ended; keys and certificates are not affected.</p>
          <Act word="Take it back" act={() => engine.takeOver()} />
        </Notice>
      );
    case 'ca_changed':
      return <CaChanged pinned={phase.pinned} seen={phase.seen} />;
    case 'failed':
      return <Failed failure={phase.failure} />;
    case 'forgotten':
      return (
        <Notice tone="plain" heading={`${agentId} is forgotten`}>
          <p>
            Both private keys, the certificates and all other data that this browser stored for it are erased, and the
            certificates are revoked. This Controller gives the name {agentId} to no other key.
          </p>
          <div className="notice-actions">
            <OpenNextFree />
            <Link className="button" href="/">
              Go home
            </Link>
            <Act word="Try the same name with new keys" act={() => engine.restart()} quiet />
          </div>
        </Notice>
      );
  }
}

function CaChanged({ pinned, seen }: { readonly pinned: string; readonly seen: string }) {
  return (
    <Notice tone="bad" heading="The Controller shows another CA than the one this agent trusts">
      <p>
        When this agent registered it pinned the authority that certifies all agents. The Controller now shows a
        different one. Either it was installed again, or somebody has taken its place.{' '}
        <strong>Nothing was sent.</strong>
      </p>
      <dl>
        <div>
          <dt>pinned, SHA-256</dt>
          <dd>
            <code>{pinned}</code>
          </dd>
        </div>
        <div>
          <dt>shown now, SHA-256</dt>
          <dd>
            <code>{seen}</code>
          </dd>
        </div>
      </dl>
      <p>
        If you know that the Controller is new, forget this agent and register again. If not, leave the agent closed and
        ask the Controller’s operator.
      </p>
      <div className="notice-actions">
        <ForgetAgent label="Forget this agent" />
        <Link className="button" href="/">
          Leave it closed
        </Link>
      </div>
    </Notice>
  );
}

function Failed({ failure }: { readonly failure: FailureView }) {
  const { agentId } = useHosted();
  const role = chosenRole(agentId);
  if (failure.code === 'storage_cleared') return <DataDeleted failure={failure} />;
  if (failure.code === 'not_authorized') return <RegistrationToken detail={failure.detail} />;
  const notStarted = <NotStarted failure={failure} />;
  if (failure.code !== 'agent_id_taken' || role === undefined) return notStarted;
  return <TakenName role={role}>{notStarted}</TakenName>;
}

function NotStarted({ failure }: { readonly failure: FailureView }) {
  const { engine, agentId } = useHosted();
  const isTaken = failure.code === 'agent_id_taken';
  const isRevoked = failure.code === 'certificate_revoked';
  return (
    <Notice tone="bad" heading={isRevoked ? `${agentId} was revoked` : 'The agent did not start'}>
      <p>
        <strong>{failure.title}.</strong> <UntrustedText text={failure.detail} />
      </p>
      <p className="muted">
        {lossOf(failure.code)} <code>{failure.code}</code>
      </p>
      <div className="notice-actions">
        {(isTaken || isRevoked) && <OpenNextFree />}
        {!isRevoked && <Act word="Try again" act={() => engine.restart()} quiet={isTaken} />}
        <ForgetAgent label="Forget this agent" />
      </div>
    </Notice>
  );
}

/** Returns what a failed start has cost, which depends on what stopped it. */
function lossOf(code: string): string {
  switch (code) {
    case 'agent_id_taken':
      return 'The keys in this browser are not the ones that the name is registered to. If they are new because its site data was deleted, the former keys are lost, and nobody can restore them. What this browser has stored for the agent is unchanged.';
    case 'storage_failed':
    case 'storage_full':
    case 'storage_blocked':
      return 'The data that this browser has stored for the agent is unchanged.';
    default:
      return 'Nothing was lost: keys that were made are stored, and the next start continues from there.';
  }
}

/** Shows that the agent's data was deleted while it was open. */
function DataDeleted({ failure }: { readonly failure: FailureView }) {
  const { engine, agentId } = useHosted();
  return (
    <Notice tone="bad" heading={`The stored data of ${agentId} was deleted`}>
      <p>
        {failure.detail} <code>{failure.code}</code>
      </p>
      <p>
        {isRealNetwork
          ? `The name ${agentId} stays registered to the lost keys: open an agent with another name.`
          : 'The Controller of this browser may be gone with it. Then the same name can be registered again, with new keys.'}
      </p>
      <div className="notice-actions">
        <OpenNextFree />
        <Act word="Try the same name with new keys" act={() => engine.restart()} quiet />
      </div>
    </Notice>
  );
}

interface ActProps {
  readonly word: string;
  readonly act: () => Promise<void>;
  readonly quiet?: boolean;
}

/** Shows the one thing to do on a screen; its failure stays beside it. */
function Act({ word, act, quiet = false }: ActProps) {
  const [failure, setFailure] = useState<FailureView>();
  const run = () => {
    setFailure(undefined);
    act().catch((cause: unknown) => setFailure(failureOf(cause)));
  };
  return (
    <>
      <button type="button" className={quiet ? 'button' : 'button button-primary'} onClick={run}>
        {word}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}
