import type { FailureView } from '../../agent/contracts/views.ts';
import { UntrustedText } from './untrusted-text.tsx';
import './failure-line.css';

/** Shows a failure in place: its title, what to do, and its code. */
export function FailureLine({ failure }: { readonly failure: FailureView }) {
  return (
    <p className="failure-line" role="alert">
      <strong>{failure.title}.</strong> <UntrustedText text={failure.detail} />{' '}
      <code>
        <UntrustedText text={failure.code} />
      </code>
    </p>
  );
}
