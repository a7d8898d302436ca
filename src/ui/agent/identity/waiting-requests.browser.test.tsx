import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { exchange } from '../exchange/testing/exchange.ts';
import { WaitingRequests } from './waiting-requests.tsx';

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);

/** What the agent of the page has: requests, and who answers them. */
const state = vi.hoisted((): { exchanges: readonly object[]; answering: string } => ({ exchanges: [], answering: '' }));
vi.mock('../../state/hosted.ts', () => ({
  useHosted: () => ({ agentId: 'traveller_agent_001' }),
  useAgentState: (select: (all: typeof state) => unknown) => select(state),
}));

const navigate = vi.hoisted(() => vi.fn<(to: string) => void>());
vi.mock('wouter/use-browser-location', () => ({ navigate }));

let root: Root;
let shown: (string | undefined)[];
let last: Shown;

class Shown extends EventTarget {
  static permission: NotificationPermission = 'default';
  static requestPermission = async () => Shown.permission;
  constructor(_: string, options?: NotificationOptions) {
    super();
    shown.push(options?.tag);
    last = this;
  }
  close() {}
}

beforeEach(() => {
  shown = [];
  Shown.permission = 'default';
  vi.stubGlobal('Notification', Shown);
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  navigate.mockClear();
  document.body.replaceChildren();
});

const held = (sequence: number) => exchange(sequence, { direction: 'incoming', status: 'held' });
const show = (exchanges: readonly ExchangeView[]) => {
  Object.assign(state, { exchanges, answering: 'person' });
  act(() => root.render(<WaitingRequests />));
};
const look = (visibility: DocumentVisibilityState) => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility);
  act(() => document.dispatchEvent(new Event('visibilitychange')));
};
const button = page.getByRole('button', { name: 'Notify me' });

test('each waiting request has a notification of its own, and none takes the place of another', () => {
  Shown.permission = 'granted';
  look('hidden');
  show([held(1)]);
  show([held(1), held(2)]);
  expect(shown).toHaveLength(2);
  expect(new Set(shown).size).toBe(2);
});

test('what a person allows or forbids in the settings of the browser counts at once', async () => {
  show([]);
  await expect.element(button).toBeVisible();
  look('hidden');
  Shown.permission = 'granted';
  show([held(1)]);
  expect(shown).toHaveLength(1);
  look('visible');
  await expect.element(button).not.toBeInTheDocument();

  Shown.permission = 'default';
  act(() => dispatchEvent(new Event('focus')));
  await expect.element(button).toBeVisible();
  look('hidden');
  show([held(1), held(2)]);
  expect(shown, 'it is not allowed any more').toHaveLength(1);
});

test('an answer to “Notify me” is the browser’s own', async () => {
  show([]);
  Shown.requestPermission = async () => {
    Shown.permission = 'denied';
    return 'denied';
  };
  await act(() => button.click());
  await expect.element(button).not.toBeInTheDocument();
});

test.each([
  ['/agent/traveller_agent_001/audit', true],
  ['/agent/traveller_agent_0012/audit', false],
])('a notification that is clicked at %s leads to the conversation: %s', (path, leads) => {
  const before = location.href;
  Shown.permission = 'granted';
  look('hidden');
  show([held(1)]);
  history.replaceState(null, '', path);
  try {
    last.dispatchEvent(new Event('click'));
  } finally {
    history.replaceState(null, '', before);
  }
  expect(navigate.mock.calls).toEqual(leads ? [[expect.stringContaining('helper_agent_001')]] : []);
});
