import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { FailureView } from '../../agent/contracts/views.ts';
import { FailureLine } from '../design/failure-line.tsx';
import { Notice } from '../design/notice.tsx';
import { useSlow } from '../design/use-slow.ts';
import { failureOf } from '../state/failure.ts';
import { PageHeader } from './page-header.tsx';

interface ChooseAddressProps {
  /** Finds the address to go to. The same function as long as the question is the same. */
  readonly choose: () => Promise<string>;
}

/** Asks the directory for free names and goes on to the address that they make; the history has only that address. */
export function ChooseAddress({ choose }: ChooseAddressProps) {
  const [, navigate] = useLocation();
  const [failure, setFailure] = useState<FailureView>();
  const [attempt, setAttempt] = useState(0);
  const isSlow = useSlow(failure === undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again.
  useEffect(() => {
    let isShown = true;
    choose().then(
      (address) => isShown && navigate(address, { replace: true }),
      (cause: unknown) => isShown && setFailure(failureOf(cause)),
    );
    return () => {
      isShown = false;
    };
  }, [choose, navigate, attempt]);
  const again = () => {
    setFailure(undefined);
    setAttempt(attempt + 1);
  };
  return (
    <>
      <PageHeader />
      <main id="main">
        {failure === undefined ? (
          <p className="muted" role="status">
            {isSlow && 'Asking the directory for a free name'}
          </p>
        ) : (
          <Notice tone="bad" heading="No name could be chosen">
            <FailureLine failure={failure} />
            <div className="notice-actions">
              <button type="button" className="button button-primary" onClick={again}>
                Try again
              </button>
              <Link className="button" href="/">
                Go home
              </Link>
            </div>
          </Notice>
        )}
      </main>
    </>
  );
}
