import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { FilePolicy } from '../../../agent/contracts/file-views.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { FilePolicyButton } from './file-policy.tsx';
import { FakeFiles } from './testing/fake-files.ts';

let root: Root | undefined;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

function show(calls: FakeFiles): void {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(<FilePolicyButton peerId="helper_agent_001" calls={calls} />);
}

test('the policy of a peer is shown, and chosen for the next file', async () => {
  const set: FilePolicy[] = [];
  show(
    new FakeFiles({
      policy: async () => ({ kind: 'accept', upTo: 5_000_000 }),
      setPolicy: async (_, policy) => void set.push(policy),
    }),
  );
  await page.getByRole('button', { name: 'files: up to 5.0 MB: when helper_agent_001 offers one' }).click();
  await expect.element(page.getByRole('radio', { name: 'accept it up to' })).toBeChecked();
  await page.getByRole('combobox', { name: 'Largest file to accept' }).selectOptions('100.0 MB');
  await expect
    .element(page.getByRole('button', { name: 'files: up to 100.0 MB: when helper_agent_001 offers one' }))
    .toBeVisible();
  await page.getByRole('radio', { name: 'decline it' }).click();
  await expect
    .element(page.getByRole('button', { name: 'files: never: when helper_agent_001 offers one' }))
    .toBeVisible();
  await page.getByRole('radio', { name: 'ask me' }).click();
  await vi.waitFor(() =>
    expect(set).toEqual([{ kind: 'accept', upTo: 100_000_000 }, { kind: 'never' }, { kind: 'ask' }]),
  );
});

test('a policy that could not be stored is not shown as chosen', async () => {
  const refuse = () => Promise.reject(new ParleyError('storage_failed', 'The disk does not answer.'));
  show(new FakeFiles({ setPolicy: refuse }));
  await page.getByRole('button', { name: 'files: ask: when helper_agent_001 offers one' }).click();
  await page.getByRole('radio', { name: 'decline it' }).click();
  await expect.element(page.getByRole('alert').filter({ hasText: 'The disk does not answer.' })).toBeVisible();
  await expect.element(page.getByRole('radio', { name: 'ask me' })).toBeChecked();
});
