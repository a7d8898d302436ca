import { useEffect, useState } from 'react';

/** Milliseconds after which a person is told that something is on its way. */
const patienceMs = 500;

/** True once `isAtWork` has lasted for half a second: what is quicker needs no word. */
export function useSlow(isAtWork: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isAtWork) return;
    const timer = setTimeout(() => setSlow(true), patienceMs);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [isAtWork]);
  return isSlow;
}
