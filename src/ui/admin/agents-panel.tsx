import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useEffect, useId, useState } from 'react';
import * as v from 'valibot';
import { Link, useLocation, useSearch } from 'wouter';
import { type AgentRow, agentRows } from '../../http/operator-answers.ts';
import { ConfirmButton } from '../design/confirm-button.tsx';
import { formatDateTime } from '../design/format.ts';
import { shortFingerprint } from '../design/short-fingerprint.ts';
import { UntrustedText } from '../design/untrusted-text.tsx';
import { AdminTable, Time } from './admin-table.tsx';
import { Loaded } from './loaded.tsx';
import type { OperatorSession } from './operator-session.ts';
import { refreshMs } from './refresh.ts';

const states = ['active', 'online', 'offline', 'expired', 'revoked'] as const;
const revoked = v.object({ status: v.literal('revoked') });
/** Agents of a page. */
const pageSize = 50;

/** Shows the agents of the server, a page at a time. Filter and page are in the address. */
export function AgentsPanel({ session }: { readonly session: OperatorSession }) {
  const queries = useQueryClient();
  const place = new URLSearchParams(useSearch());
  const asked = { filter: place.get('filter') ?? '', state: place.get('state') ?? '', after: place.get('after') ?? '' };
  const search = new URLSearchParams({ limit: String(pageSize) });
  for (const [name, value] of Object.entries(asked)) if (value !== '') search.set(name, value);
  const agents = useQuery({
    queryKey: ['operator', session.id, 'agents', search.toString()],
    queryFn: async () => {
      const { agents: rows, next } = await session.ask(agentRows, `/operator/agents?${search}`);
      return { asked, rows, next, readAt: Date.now() };
    },
    // The page before stays until the next one is there, with the words and the ways that are its own.
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  const revoke = async (agentId: string) => {
    const body = { agent_id: agentId, reason: 'privilegeWithdrawn', timestamp: Math.floor(Date.now() / 1_000) };
    await session.ask(revoked, '/controller/revoke', { method: 'POST', body });
    await queries.invalidateQueries({ queryKey: ['operator', session.id] });
  };
  return (
    <section className="admin-panel" aria-labelledby="admin-agents">
      <h2 id="admin-agents">Agents</h2>
      <Filter filter={asked.filter} state={asked.state} />
      <Loaded query={agents}>
        {({ asked: { filter, state, after }, rows, next, readAt }) => (
          <>
            {rows.length === 0 ? (
              <p className="muted">
                {filter === '' && state === '' && after === ''
                  ? 'No agent has registered yet. Open one on the home page, or run parley agent.'
                  : 'No agent is like that.'}
              </p>
            ) : (
              <Rows rows={rows} now={readAt} revoke={revoke} />
            )}
            <nav className="admin-pages" aria-label="Pages of agents">
              {after !== '' && <Link href={addressOf(filter, state, '')}>First page</Link>}
              {next !== undefined && <Link href={addressOf(filter, state, next)}>Next page</Link>}
              {agents.isPlaceholderData && (
                <span className="muted" role="status">
                  Loading
                </span>
              )}
            </nav>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Filter({ filter, state }: { readonly filter: string; readonly state: string }) {
  const [, go] = useLocation();
  const id = useId();
  const [text, setText] = useState(filter);
  const [chosen, choose] = useState(state);
  // The address also changes by Back and by links.
  useEffect(() => setText(filter), [filter]);
  useEffect(() => choose(state), [state]);
  const apply = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    go(addressOf(text.trim(), chosen, ''), { replace: true });
  };
  return (
    <form className="admin-form" onSubmit={apply}>
      <label className="field">
        <span className="field-label">agent_id holds</span>
        <input
          className="input"
          value={text}
          onChange={(event) => setText(event.target.value)}
          pattern="[a-z0-9_]*"
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          title="a to z, 0 to 9 and _"
        />
      </label>
      <div className="field">
        <label className="field-label" htmlFor={id}>
          State
        </label>
        <select id={id} className="input" value={chosen} onChange={(event) => choose(event.target.value)}>
          <option value="">any</option>
          {states.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" className="button">
        Filter
      </button>
    </form>
  );
}

interface RowsProps {
  readonly rows: readonly AgentRow[];
  /** Milliseconds since 1970, when the rows were read. */
  readonly now: number;
  readonly revoke: (agentId: string) => Promise<void>;
}

function Rows({ rows, now, revoke }: RowsProps) {
  return (
    <AdminTable label="Table of agents" heads={['Agent', 'State', 'Last seen', 'Certificate ends', 'Key']}>
      {rows.map((agent) => (
        <tr key={agent.agent_id}>
          <th scope="row" title={agent.address}>
            <UntrustedText text={agent.agent_id} />
          </th>
          <td>{stateOf(agent)}</td>
          <td>{agent.online ? 'now' : <Time seconds={agent.last_seen} now={now} none="never" />}</td>
          <td>
            <Time seconds={agent.certificate_end} now={now} none="none" />
          </td>
          <td>
            <code title={`SHA-256 ${agent.key}`}>{shortFingerprint(agent.key)}</code>
          </td>
          <td>
            {agent.status === 'active' && (
              <ConfirmButton
                label="Revoke"
                className="button button-quiet"
                accessibleName={`Revoke ${agent.agent_id}`}
                heading={`Revoke ${agent.agent_id}?`}
                description="Every connected agent ends its sessions with it. It cannot be undone, and its name stays taken."
                confirm="Revoke"
                action={() => revoke(agent.agent_id)}
              />
            )}
          </td>
        </tr>
      ))}
    </AdminTable>
  );
}

function stateOf({ status, online, revoked_at }: AgentRow) {
  if (status === 'revoked') {
    return (
      <span className="admin-bad" title={revoked_at === null ? undefined : formatDateTime(revoked_at * 1_000)}>
        ✕ revoked
      </span>
    );
  }
  return online ? <span className="admin-ok">● online</span> : <span className="muted">○ offline</span>;
}

function addressOf(filter: string, state: string, after: string): string {
  const search = new URLSearchParams();
  if (filter !== '') search.set('filter', filter);
  if (state !== '') search.set('state', state);
  if (after !== '') search.set('after', after);
  return search.size === 0 ? '/admin' : `/admin?${search}`;
}
