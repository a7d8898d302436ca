import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Router, useLocation } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import type { Attempt, ScenarioInfo } from '../../lab/run/scenario.ts';
import './lab.css';
import { useLab } from './lab-store.ts';
import { ScenarioView } from './scenario-view.tsx';

const info: ScenarioInfo = {
  id: 'replay',
  title: 'Replay',
  summary: 'Send recorded messages a second time',
  attempts: 60,
  has: 'A recording.',
  wants: 'A second session.',
  promise: 'Once.',
};
const attempts = Array.from(
  { length: 60 },
  (_, i): Attempt => ({
    id: `attempt-${i + 1}`,
    title: `Attempt number ${i + 1}`,
    messages: [],
    verdict: { outcome: 'refused', expected: 'refused', evidence: [] },
  }),
);

let root: Root;
let navigate: (to: string) => void;

function Shown() {
  const [location, go] = useLocation();
  navigate = go;
  return <ScenarioView info={info} attempt={location.split('/')[3]} />;
}

beforeEach(async () => {
  useLab.setState({
    scenarios: [info],
    runs: { replay: { status: 'done', progress: { done: 60, of: 60, doing: '' }, attempts, at: 0, ms: 1 } },
  });
  const { hook } = memoryLocation({ path: '/lab/replay' });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <Router hook={hook}>
      <Shown />
    </Router>,
  );
});
afterEach(async () => {
  root.unmount();
  document.body.replaceChildren();
});

const link = page.getByRole('link', { name: /Attempt number 55/ });
const heading = page.getByRole('heading', { name: 'Attempt number 55' });

test('where the open attempt takes the place of the list, the keyboard goes with it, and comes back by Escape and by Back', async () => {
  await page.viewport(900, 500);
  for (const goBack of [() => userEvent.keyboard('{Escape}'), () => navigate('/lab/replay')]) {
    const element = link.element();
    if (element instanceof HTMLElement) element.focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(heading).toBeInViewport();
    await expect.poll(() => document.activeElement?.contains(heading.element())).toBe(true);
    expect(document.activeElement?.className).toBe('lab-open-attempt');
    await goBack();
    await expect.element(link).toHaveFocus();
    await expect.element(link).toBeInViewport();
  }
});

test('beside the list the keyboard stays with it', async () => {
  await page.viewport(1400, 500);
  const element = link.element();
  if (element instanceof HTMLElement) element.focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(heading).toBeVisible();
  await expect.element(link).toHaveFocus();
});

test('a run that ends leaves the keyboard where it is', async () => {
  await page.viewport(900, 500);
  const [run] = Object.values(useLab.getState().runs);
  if (run === undefined) throw new TypeError('There is no run.');
  useLab.setState({ runs: { replay: { ...run, status: 'running', attempts: [] } } });
  navigate('/lab/replay/attempt-55');
  const stop = page.getByRole('button', { name: 'Stop' });
  await expect.element(stop).toBeVisible();
  const element = stop.element();
  if (element instanceof HTMLElement) element.focus();
  useLab.setState({ runs: { replay: run } });
  await expect.element(heading).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Run again' })).toHaveFocus();
});
