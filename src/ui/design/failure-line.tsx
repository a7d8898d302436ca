import type { FailureView } from '../../agent/views.ts';
import './failure-line.css';

/** A failure in place: its title, what to do, and its code. */
export function FailureLine({ failure }: { readonly failure: FailureView }) {
  return (
    <p className="failure-line" role="alert">
      <strong>{failure.title}.</strong> {failure.detail} <code>{failure.code}</code>
    </p>
  );
}
