import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FailureLine } from '../design/failure-line.tsx';
import { failureOf } from '../state/failure.ts';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

/** Shows what a query found; meanwhile that it loads; and why it failed, beside what was found before. */
export function Loaded<T>({ query, children }: LoadedProps<T>) {
  const { data, error, isFetching, refetch } = query;
  return (
    <>
      {error !== null && (
        <div className="admin-failure">
          <FailureLine failure={failureOf(error)} />
          <button type="button" className="button" disabled={isFetching} onClick={() => void refetch()}>
            Try again
          </button>
        </div>
      )}
      {data !== undefined && children(data)}
      {data === undefined && error === null && (
        <p className="muted" role="status">
          Loading
        </p>
      )}
    </>
  );
}
