import { type SyntheticEvent, useId, useRef } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import { FailureLine } from '../design/failure-line.tsx';

interface TokenPromptProps {
  readonly refusal: FailureView | undefined;
  readonly enter: (token: string) => void;
}

/** Asks for the operator's token. What is typed stays in the field until it is used, and nowhere else. */
export function TokenPrompt({ refusal, enter }: TokenPromptProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (field.current !== null) field.current.value = '';
    if (token !== '') enter(token);
  };
  return (
    <section className="admin-prompt" aria-labelledby={`${id}-heading`}>
      <h1 id={`${id}-heading`}>Look after this server</h1>
      <p className="muted">
        See its agents, revoke them, admit new ones. The server made the operator token at its first start, as{' '}
        <code>operator-token</code> in its data folder, unless <code>PARLEY_OPERATOR_TOKEN</code> names another.
      </p>
      {refusal !== undefined && <FailureLine failure={refusal} />}
      <form className="admin-form" onSubmit={submit}>
        <label className="field" htmlFor={id}>
          <span className="field-label">Operator token</span>
          <input ref={field} id={id} className="input" type="password" autoComplete="off" spellCheck={false} required />
        </label>
        <button type="submit" className="button button-primary">
          Open
        </button>
      </form>
      <p className="muted small">This page keeps the token in memory only. A reload forgets it.</p>
    </section>
  );
}
