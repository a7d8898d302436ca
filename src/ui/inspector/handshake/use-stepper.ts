import { type RefObject, useEffect, useRef, useState } from 'react';
import type { InspectorProps } from '../inspector-props.ts';
import type { Speed, Stepper } from './stepper.ts';
import { useStepKeys } from './stepper-keys.ts';
import type { Step } from './walk.ts';

/** Milliseconds that a sentence stays at speed 1: for each word, and for a look at the diagram. */
const pace = { word: 250, look: 1_500 } as const;

/**
 * Walks through `steps`. The address holds the step: each step that a person takes is one of the history, those that
 * are played take the place of the one before. `section` is the diagram: the current step scrolls to its middle.
 */
export function useStepper(
  steps: readonly Step[],
  { looking, look }: Pick<InspectorProps, 'looking' | 'look'>,
  section: RefObject<HTMLElement | null>,
): Stepper {
  const [isStarted, setStarted] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const found = steps.findIndex(({ id }) => id === looking.step);
  const at = found === -1 ? undefined : found;
  const isPlaying = isStarted && at !== undefined && at < steps.length - 1;
  const show = (index: number | undefined, replace = false) => {
    const { step: _, ...rest } = looking;
    const id = index === undefined ? undefined : steps[index]?.id;
    look({ ...rest, ...(id === undefined ? {} : { step: id }) }, { replace });
  };
  const go = (index: number | undefined) => {
    setStarted(false);
    show(index);
  };
  const stepper: Stepper = {
    at,
    isPlaying,
    speed,
    setSpeed,
    move: (by) => {
      if (at === undefined) go(by === 1 ? 0 : steps.length - 1);
      else if (steps[at + by] !== undefined) go(at + by);
    },
    moveToMessage: (by) => {
      const messages = steps.flatMap(({ isMessage }, i) => (isMessage ? [i] : []));
      const next =
        by === 1
          ? messages.find((index) => index > (at ?? -1))
          : messages.findLast((index) => index < (at ?? steps.length));
      if (next !== undefined) go(next);
    },
    first: () => go(0),
    last: () => go(steps.length - 1),
    toggle: () => {
      setStarted(!isPlaying);
      if (!isPlaying && (at === undefined || at === steps.length - 1)) show(0);
    },
    leave: () => go(undefined),
  };
  // Whoever goes back from the end, and a step that is recorded later, find the walk paused.
  useEffect(() => {
    if (!isPlaying) setStarted(false);
  }, [isPlaying]);
  usePlay(isPlaying, at === undefined ? undefined : steps[at], speed, () => show((at ?? 0) + 1, true));
  useCentred(section, at);
  useStepKeys(section, stepper);
  return stepper;
}

/** Calls `next` once the sentence of `step` has had its time. */
function usePlay(isPlaying: boolean, step: Step | undefined, speed: Speed, next: () => void): void {
  const latest = useRef(next);
  latest.current = next;
  const { id, sentence = '' } = step ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step with the sentence of the one before has a time of its own
  useEffect(() => {
    if (!isPlaying) return;
    const ms = (pace.look + pace.word * sentence.split(' ').length) / speed;
    const timer = setTimeout(() => latest.current(), ms);
    return () => clearTimeout(timer);
  }, [isPlaying, id, sentence, speed]);
}

/** Scrolls the current step to the middle of the view, at once where the person wants no motion. */
function useCentred(section: RefObject<HTMLElement | null>, at: number | undefined): void {
  useEffect(() => {
    if (at === undefined) return;
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    section.current
      ?.querySelector('[aria-current="step"]')
      ?.scrollIntoView({ block: 'center', behavior: isStill ? 'auto' : 'smooth' });
  }, [section, at]);
}
