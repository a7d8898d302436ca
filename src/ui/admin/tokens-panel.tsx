import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useId, useState } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import { type MadeTokenRow, madeToken, type TokenRow, tokenRow, tokenRows } from '../../http/operator-answers.ts';
import { ConfirmButton } from '../design/confirm-button.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { UntrustedText } from '../design/untrusted-text.tsx';
import { failureOf } from '../state/failure.ts';
import { AdminTable, Time } from './admin-table.tsx';
import { Loaded } from './loaded.tsx';
import type { OperatorSession } from './operator-session.ts';
import { refreshMs } from './refresh.ts';

const lifetimes = [
  ['', 'never'],
  ['3600', 'in an hour'],
  ['86400', 'in a day'],
  ['604800', 'in a week'],
  ['2592000', 'in 30 days'],
] as const;

/** Shows the registration tokens, and makes, rotates and revokes them. A secret is shown once, from when it was made until it is put away. */
export function TokensPanel({ session }: { readonly session: OperatorSession }) {
  const queries = useQueryClient();
  const [made, setMade] = useState<readonly MadeTokenRow[]>([]);
  const tokens = useQuery({
    queryKey: ['operator', session.id, 'tokens'],
    queryFn: () => session.ask(tokenRows, '/operator/tokens'),
    refetchInterval: refreshMs,
  });
  const changed = () => queries.invalidateQueries({ queryKey: ['operator', session.id] });
  const putAway = (id: string) => setMade((before) => before.filter((each) => each.id !== id));
  const takeSecret = async (path: string, body: object) => {
    const token = await session.ask(madeToken, path, { method: 'POST', body });
    // Another secret of the same token has replaced the one before.
    setMade((before) => [...before.filter(({ id }) => id !== token.id), token]);
    await changed();
  };
  const revoke = async (id: string) => {
    await session.ask(tokenRow, `/operator/tokens/${id}`, { method: 'DELETE' });
    putAway(id);
    await changed();
  };
  return (
    <section className="admin-panel" aria-labelledby="admin-tokens">
      <h2 id="admin-tokens">Registration tokens</h2>
      <p className="muted">
        A token admits new agents where registration needs one. Changes count at once, at every server of a group.
      </p>
      <NewToken make={(body) => takeSecret('/operator/tokens', body)} />
      {made.map((token) => (
        <Secret key={token.id} made={token} done={() => putAway(token.id)} />
      ))}
      <Loaded query={tokens}>
        {({ tokens: rows }) =>
          rows.length === 0 ? (
            <p className="muted">
              No token was made here yet. The token of the server’s file or environment counts too.
            </p>
          ) : (
            <Rows
              rows={rows}
              now={tokens.dataUpdatedAt}
              rotate={(id) => takeSecret(`/operator/tokens/${id}/rotate`, {})}
              revoke={revoke}
            />
          )
        }
      </Loaded>
    </section>
  );
}

function NewToken({ make }: { readonly make: (body: object) => Promise<void> }) {
  const [failure, setFailure] = useState<FailureView>();
  const [isWorking, setWorking] = useState(false);
  const id = useId();
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const target = event.currentTarget;
    const form = new FormData(target);
    const text = (name: string) => String(form.get(name) ?? '');
    setWorking(true);
    setFailure(undefined);
    make({
      name: text('name').trim(),
      ...(text('lifetime') === '' ? {} : { expires_in: Number(text('lifetime')) }),
      ...(text('uses') === '' ? {} : { uses: Number(text('uses')) }),
    })
      .then(
        () => target.reset(),
        (cause: unknown) => setFailure(failureOf(cause)),
      )
      .finally(() => setWorking(false));
  };
  return (
    <>
      <form className="admin-form" onSubmit={submit}>
        <label className="field">
          <span className="field-label">Name</span>
          <input className="input" name="name" required maxLength={64} autoComplete="off" />
        </label>
        <div className="field">
          <label className="field-label" htmlFor={id}>
            Expires
          </label>
          <select id={id} className="input" name="lifetime" defaultValue="">
            {lifetimes.map(([seconds, words]) => (
              <option key={seconds} value={seconds}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <label className="field">
          <span className="field-label">New agents at most</span>
          <input className="input" name="uses" type="number" min={1} max={1_000} placeholder="any number" />
        </label>
        <button type="submit" className="button" disabled={isWorking}>
          Make a token
        </button>
      </form>
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}

function Secret({ made, done }: { readonly made: MadeTokenRow; readonly done: () => void }) {
  return (
    <div className="admin-secret" role="status">
      <p>
        The token <UntrustedText text={made.name} />. It is shown once: the server stores only its hash.
      </p>
      <code>{made.token}</code>
      <p className="admin-form">
        <CopyButton text={() => made.token} label={`the token ${made.name}`} />
        <button type="button" className="button" aria-label={`Done with the token ${made.name}`} onClick={done}>
          Done
        </button>
      </p>
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly TokenRow[];
  readonly now: number;
  readonly rotate: (id: string) => Promise<void>;
  readonly revoke: (id: string) => Promise<void>;
}

function Rows({ rows, now, rotate, revoke }: RowsProps) {
  return (
    <AdminTable label="Table of tokens" heads={['Token', 'State', 'Admitted', 'Expires']}>
      {rows.map(({ id, name, usable, used, uses, expires_at }) => (
        <tr key={id}>
          <th scope="row" title={`id ${id}`}>
            <UntrustedText text={name} />
          </th>
          <td>
            {usable ? <span className="admin-ok">● usable</span> : <span className="muted">○ used up or expired</span>}
          </td>
          <td>{uses === null ? used : `${used} of ${uses}`}</td>
          <td>
            <Time seconds={expires_at} now={now} none="never" />
          </td>
          <td>
            <ConfirmButton
              label="Rotate"
              className="button button-quiet"
              accessibleName={`Rotate ${name}`}
              heading={`Give ${name} another secret?`}
              description="The former secret admits nobody any more. Agents that it admitted stay."
              confirm="Rotate"
              action={() => rotate(id)}
            />
            <ConfirmButton
              label="Revoke"
              className="button button-quiet"
              accessibleName={`Revoke the token ${name}`}
              heading={`Revoke the token ${name}?`}
              description="It admits nobody any more. Agents that it admitted stay."
              confirm="Revoke"
              action={() => revoke(id)}
            />
          </td>
        </tr>
      ))}
    </AdminTable>
  );
}
