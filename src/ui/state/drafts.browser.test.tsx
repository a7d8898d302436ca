import { createRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { dropDrafts, useDraft } from './drafts.ts';

const { begun, ends } = vi.hoisted(() => ({ begun: [] as string[], ends: [] as (() => void)[] }));
vi.mock('../../storage/indexeddb/drafts.ts', () => {
  const slow = (what: string) => {
    begun.push(what);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  return {
    loadDrafts: async () => new Map(),
    saveDraft: (_agentId: string, _name: string, text: string | undefined) => slow(`save ${text}`),
  };
});
vi.mock('../../storage/indexeddb/drafts-database.ts', () => ({
  forgetDrafts: () =>
    new Promise<void>((resolve) => {
      begun.push('forget');
      ends.push(resolve);
    }),
}));

function Field() {
  const [text, setText] = useDraft('drafting_agent', 'field', '');
  return <input aria-label="field" value={text} onChange={(event) => setText(event.target.value)} />;
}

/** Types a text and leaves the page, which stores it. */
async function typeAndLeave(text: string): Promise<void> {
  await page.getByLabelText('field').fill(text);
  window.dispatchEvent(new Event('pagehide'));
}

test('a draft that is slow to be stored overwrites no later one, and outlives no forgotten agent', async () => {
  createRoot(document.body.appendChild(document.createElement('div'))).render(<Field />);
  await typeAndLeave('first');
  await expect.poll(() => begun, { timeout: 10_000 }).toEqual(['save first']);
  await typeAndLeave('second');
  void dropDrafts('drafting_agent');
  // Whatever could begin has begun by then.
  await new Promise((resolve) => setTimeout(resolve));
  expect(begun).toEqual(['save first']);
  ends.shift()?.();
  await expect.poll(() => begun, { timeout: 10_000 }).toEqual(['save first', 'save second']);
  ends.shift()?.();
  await expect.poll(() => begun, { timeout: 10_000 }).toEqual(['save first', 'save second', 'forget']);
});
