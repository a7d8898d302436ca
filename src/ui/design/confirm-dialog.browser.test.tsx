import { type ReactNode, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ParleyError } from '../../protocol/errors.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Works that wait to be ended by the test, the first one first. */
let works: PromiseWithResolvers<void>[] = [];
let root: Root | undefined;

function Asking() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Ask
      </button>
      <ConfirmDialog
        open={open}
        close={() => setOpen(false)}
        heading="Delete it?"
        description="It is gone for good."
        confirm="Delete"
        action={() => {
          const work = Promise.withResolvers<void>();
          works.push(work);
          return work.promise;
        }}
      />
    </>
  );
}

function show(element: ReactNode = <Asking />): void {
  works = [];
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(element);
}

/** What asks is gone as soon as it is done. */
function Vanishing() {
  const [isThere, setThere] = useState(true);
  return (
    <section aria-label="Around it" tabIndex={-1}>
      <div>
        {isThere && (
          <ConfirmButton
            label="Ask"
            heading="Delete it?"
            description="It is gone for good."
            confirm="Delete"
            action={async () => setThere(false)}
          />
        )}
      </div>
    </section>
  );
}

afterEach(() => root?.unmount());

const dialog = page.getByRole('dialog');
const alert = page.getByRole('alert');
const confirm = dialog.getByRole('button', { name: 'Delete' });

test('while it works it cannot be left, and it says why when that fails', async () => {
  show();
  await userEvent.click(page.getByRole('button', { name: 'Ask' }));
  await userEvent.click(confirm);
  await expect.element(dialog.getByRole('button', { name: 'Keep' })).toBeDisabled();
  await userEvent.keyboard('{Escape}');
  await expect.element(dialog).toBeVisible();
  works[0]?.reject(new ParleyError('storage_failed', 'The disk is broken.'));
  await expect.element(dialog.getByText(/The disk is broken/)).toBeVisible();
  await expect.element(confirm).toBeEnabled();

  await userEvent.click(confirm);
  works[1]?.resolve();
  await expect.element(dialog).not.toBeInTheDocument();
  await expect.element(page.getByRole('button', { name: 'Ask' })).toHaveFocus();
});

test('what failed before is not said when it asks again', async () => {
  show();
  await userEvent.click(page.getByRole('button', { name: 'Ask' }));
  await userEvent.click(confirm);
  works[0]?.reject(new ParleyError('storage_failed', 'The disk is broken.'));
  await expect.element(alert).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(dialog).not.toBeInTheDocument();
  await expect.element(page.getByRole('button', { name: 'Ask' })).toHaveFocus();
  await userEvent.click(page.getByRole('button', { name: 'Ask' }));
  await expect.element(dialog).toBeVisible();
  await expect.element(alert).not.toBeInTheDocument();
});

test('when what asked is gone with what it deleted, the keyboard goes to what was around it', async () => {
  show(<Vanishing />);
  await userEvent.click(page.getByRole('button', { name: 'Ask' }));
  await userEvent.click(confirm);
  await expect.element(dialog).not.toBeInTheDocument();
  await expect.element(page.getByRole('region', { name: 'Around it' })).toHaveFocus();
});
