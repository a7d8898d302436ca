import { act, useRef, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Looking } from '../inspector-props.ts';
import type { Stepper } from './stepper.ts';
import { useStepper } from './use-stepper.ts';
import type { Step } from './walk.ts';

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);

let root: Root;
let stepper: Stepper;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.useRealTimers();
});

const step = (id: string, sentence = `Sentence of ${id}.`): Step => ({
  id,
  row: 0,
  part: 0,
  sentence,
  isMessage: false,
});

function Walk({ steps }: { readonly steps: readonly Step[] }) {
  const [looking, look] = useState<Looking>({});
  const section = useRef<HTMLElement>(null);
  stepper = useStepper(steps, { looking, look }, section);
  return <section ref={section}>{looking.step}</section>;
}

const show = (steps: readonly Step[]) => act(() => root.render(<Walk steps={steps} />));
/** Longer than any sentence of these stays. */
const longEnough = () => act(() => vi.advanceTimersByTime(10_000));
const shown = () => document.querySelector('section')?.textContent;

test('a walk that has played to its end is paused: neither going back nor a new step sets it off', () => {
  show([step('a'), step('b')]);
  act(() => stepper.toggle());
  longEnough();
  expect(shown()).toBe('b');
  show([step('a'), step('b'), step('c')]);
  expect(stepper.isPlaying).toBe(false);
  longEnough();
  expect(shown()).toBe('b');

  act(() => stepper.toggle());
  longEnough();
  expect(shown()).toBe('c');
  // As the browser's Back does: the address changes, and nothing of the walk was pressed.
  show([step('c'), step('d'), step('e')]);
  expect(stepper.isPlaying).toBe(false);
});

test('two steps that say the same are played through', () => {
  show([step('a', 'The same.'), step('b', 'The same.'), step('c')]);
  act(() => stepper.toggle());
  longEnough();
  longEnough();
  expect(shown()).toBe('c');
});
