import { useCallback, useEffect, useState } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import type { Line, LineState } from '../../lab/host/api.ts';
import { failureOf } from '../state/failure.ts';
import { theLab } from './lab-store.ts';

/** The free line while the component is on screen. */
interface FreeLineUse {
  readonly state: LineState | undefined;
  readonly line: Line | undefined;
  readonly failure: FailureView | undefined;
  startOver(): void;
  /** Shows what a call on the line fails with. */
  attempt(call: Promise<void>): void;
}

/** Opens a line, and another when asked to start over; closes it when the component goes. */
export function useFreeLine(): FreeLineUse {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<LineState>();
  const [line, setLine] = useState<Line>();
  const [failure, setFailure] = useState<FailureView>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round opens a line of its own
  useEffect(() => {
    let opened: Line | undefined;
    let gone = false;
    setState(undefined);
    setLine(undefined);
    setFailure(undefined);
    theLab()
      .openLine((next) => {
        if (!gone) setState(next);
      })
      .then((made) => {
        opened = made;
        if (gone) void made.close();
        else setLine(made);
      })
      .catch((cause: unknown) => {
        if (!gone) setFailure(failureOf(cause));
      });
    return () => {
      gone = true;
      void opened?.close();
    };
  }, [round]);
  const startOver = useCallback(() => setRound((before) => before + 1), []);
  const attempt = useCallback((call: Promise<void>) => {
    setFailure(undefined);
    call.catch((cause: unknown) => setFailure(failureOf(cause)));
  }, []);
  return { state, line, failure, startOver, attempt };
}
