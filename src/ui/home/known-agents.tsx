import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { knownAgents } from '../../storage/indexeddb/known-agents.ts';
import { ConfirmButton } from '../design/confirm-button.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatDateTime, formatRelativeTime } from '../design/format.ts';
import { PartyMark } from '../design/party.tsx';
import { shortFingerprint } from '../design/short-fingerprint.ts';
import { agentAddress } from '../routing/agent-place.ts';
import { agentAddressOf } from '../state/agent-addresses.ts';
import { failureOf } from '../state/failure.ts';
import { forgetAgent } from '../state/forget-agent.ts';
import { useNow } from '../state/now.ts';
import { KnownAgentState } from './known-agent-state.tsx';
import { NewAgent } from './new-agent.tsx';

const query = { queryKey: ['known-agents'], queryFn: knownAgents } as const;

/** Shows the agents whose keys are in this browser, and makes another. */
export function KnownAgents() {
  const { data: agents, error } = useQuery(query);
  const queries = useQueryClient();
  const now = useNow();
  return (
    <section className="home-known" aria-labelledby="known-heading">
      <header className="home-known-head">
        <h2 id="known-heading">Agents in this browser</h2>
        <NewAgent />
      </header>
      {error !== null && <FailureLine failure={failureOf(error)} />}
      {agents?.length === 0 && (
        <p className="home-known-empty muted">
          None yet. Opening an agent makes its keys here, once; they stay until you forget it.
        </p>
      )}
      <ul className="home-known-list">
        {agents?.map(({ agentId, signingFingerprint, usedAt }) => (
          <li key={agentId} className="home-known-row">
            <span className="home-known-head-line">
              <Link href={agentAddress(agentId)} className="home-known-name">
                <PartyMark agentId={agentId} /> {agentId}
              </Link>
              <KnownAgentState agentId={agentId} isRegistered={signingFingerprint !== undefined} />
            </span>
            <span className="small muted home-known-facts">
              {signingFingerprint === undefined ? (
                'not registered yet'
              ) : (
                <code title={`signing certificate, SHA-256: ${signingFingerprint}`}>
                  {shortFingerprint(signingFingerprint)}
                </code>
              )}
              <code className="home-known-address">{agentAddressOf(agentId)}</code>
              {usedAt !== undefined && (
                <time dateTime={new Date(usedAt).toISOString()} title={formatDateTime(usedAt)}>
                  used {formatRelativeTime(usedAt, now)}
                </time>
              )}
            </span>
            <a
              className="button button-quiet"
              href={agentAddress(agentId)}
              target="_blank"
              rel="noreferrer"
              aria-label={`Open ${agentId} in a new tab`}
            >
              New tab ↗
            </a>
            <ConfirmButton
              label="Forget"
              accessibleName={`Forget ${agentId}`}
              className="button button-quiet"
              heading={`Forget ${agentId}?`}
              description="Its certificates are revoked, and both private keys and every stored conversation are erased from this browser. There is no backup of the keys, by design. This cannot be undone: nobody, including you, can be this agent again."
              confirm="Forget it"
              action={async () => {
                await forgetAgent(agentId);
                await queries.invalidateQueries(query);
              }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
