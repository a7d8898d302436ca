import { type FormEvent, useState } from 'react';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { Notice } from '../../design/notice.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { failureOf } from '../../state/failure.ts';
import { useHosted } from '../../state/hosted.ts';
import './registration-token.css';

/** Asks for what a Controller wants to see before it registers a new agent. The keys that were made are kept. */
export function RegistrationToken({ detail }: { readonly detail: string }) {
  const { engine } = useHosted();
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<FailureView>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === '') return;
    setFailure(undefined);
    engine.restart(token.trim()).catch((cause: unknown) => setFailure(failureOf(cause)));
  };
  return (
    <Notice tone="plain" heading="This Controller registers new agents only with a token">
      <p>
        <UntrustedText text={detail} /> The keys of this agent are made and stored; the token is needed once and is not
        stored.
      </p>
      <form className="registration-token" onSubmit={submit}>
        <label className="field">
          <span className="field-label">Registration token</span>
          <input
            className="input mono"
            type="password"
            autoComplete="off"
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        </label>
        <button type="submit" className="button button-primary" disabled={token.trim() === ''}>
          Register
        </button>
      </form>
      {failure !== undefined && <FailureLine failure={failure} />}
    </Notice>
  );
}
