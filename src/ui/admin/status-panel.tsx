import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import { type ServerStatus, serverStatus } from '../../http/operator-answers.ts';
import { formatCount, formatDateTime, formatRelativeTime, formatSize } from '../design/format.ts';
import { shortFingerprint } from '../design/short-fingerprint.ts';
import { failureOf } from '../state/failure.ts';
import { Loaded } from './loaded.tsx';
import type { OperatorSession } from './operator-session.ts';
import { refreshMs } from './refresh.ts';

interface StatusPanelProps {
  readonly session: OperatorSession;
  /** Forgets the token; `why` when the server does not take it. */
  readonly lock: (why?: FailureView) => void;
  /** What is shown once the server has taken the token. */
  readonly children: ReactNode;
}

/** Shows how the server is, and the rest once the token is known to be right. */
export function StatusPanel({ session, lock, children }: StatusPanelProps) {
  const status = useQuery({
    queryKey: ['operator', session.id, 'status'],
    queryFn: () => session.ask(serverStatus, '/operator/status'),
    refetchInterval: refreshMs,
  });
  const failure = status.error === null ? undefined : failureOf(status.error);
  const isRefused = failure?.code === 'not_authorized';
  useEffect(() => {
    if (isRefused && failure !== undefined) lock(failure);
  });
  return (
    <>
      <section className="admin-panel" aria-labelledby="admin-status">
        <div className="admin-head">
          <h1 id="admin-status">Status</h1>
          <button type="button" className="button" onClick={() => lock()}>
            Forget the token
          </button>
        </div>
        <Loaded query={status}>{(found) => <Facts status={found} now={status.dataUpdatedAt} />}</Loaded>
      </section>
      {status.data !== undefined && children}
    </>
  );
}

interface Fact {
  readonly name: string;
  readonly value: string;
  /** The whole of what `value` says in short. */
  readonly hint?: string;
}

function Facts({ status, now }: { readonly status: ServerStatus; readonly now: number }) {
  const { version, node, url, started_at, registration, agents, revocation_list: list, store, ca, limits } = status;
  const facts: readonly Fact[] = [
    { name: 'Version', value: `${version}, Node ${node}` },
    { name: 'Address', value: url },
    { name: 'Started', ...timeFact(started_at, now) },
    { name: 'Agents', value: `${formatCount(agents.registered, 'name')}, ${agents.connected} connected here` },
    { name: 'Registration', value: registration === 'open' ? 'open to everybody' : 'with a token' },
    list === null
      ? { name: 'Revocation list', value: 'none signed yet' }
      : {
          name: 'Revocation list',
          value: `number ${list.number}, signed ${formatRelativeTime(now - list.age_seconds * 1_000, now)}`,
          hint: `Valid until ${formatDateTime(list.next_update * 1_000)}`,
        },
    { name: 'Store', value: store.bytes === null ? 'JetStream' : `SQLite, ${formatSize(store.bytes)}` },
    ca === null
      ? { name: 'CA', value: 'none yet' }
      : {
          name: 'CA',
          value: `${shortFingerprint(ca.fingerprint)} expires ${timeFact(ca.not_after, now).value}`,
          hint: `SHA-256 ${ca.fingerprint}, until ${formatDateTime(ca.not_after * 1_000)}`,
        },
  ];
  return (
    <>
      <dl className="admin-facts">
        {facts.map(({ name, value, hint }) => (
          <div key={name}>
            <dt className="muted">{name}</dt>
            <dd title={hint}>{value}</dd>
          </div>
        ))}
      </dl>
      <table className="admin-table admin-limits">
        <caption className="admin-caption">Limits</caption>
        <thead>
          <tr>
            <th scope="col">Limit</th>
            <th scope="col">Used</th>
            <th scope="col">At most</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {limits.map(({ name, used, most, under_pressure: isNear }) => (
            <tr key={name}>
              <th scope="row">{words(name)}</th>
              <td>{name === 'relay_memory' ? formatSize(used) : used.toLocaleString('en')}</td>
              <td>{name === 'relay_memory' ? formatSize(most) : most.toLocaleString('en')}</td>
              <td className={isNear ? 'admin-near' : 'muted'}>{isNear ? '▲ under pressure' : 'room'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}

function timeFact(seconds: number, now: number) {
  return { value: formatRelativeTime(seconds * 1_000, now), hint: formatDateTime(seconds * 1_000) };
}
