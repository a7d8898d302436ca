import { useEffect, useState } from 'react';

/** Milliseconds between two lines of a replay: time to read a line's name, not all of it. */
const stepMs = 450;

/** A diagram's lines shown one after the other. */
interface Replay {
  /** How many lines are shown. */
  readonly shown: number;
  readonly playing: boolean;
  start(): void;
  /** Shows everything at once. */
  stop(): void;
}

/** Plays `total` lines again from the first, when asked; otherwise all of them are shown. */
export function useReplay(total: number): Replay {
  const [step, setStep] = useState<number>();
  const playing = step !== undefined && step < total;
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => setStep(step + 1), stepMs);
    return () => clearTimeout(timer);
  }, [playing, step]);
  return {
    shown: playing ? step : total,
    playing,
    start: () => setStep(1),
    stop: () => setStep(undefined),
  };
}
