import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { FailureView } from '../../agent/contracts/views.ts';
import { FailureOverlay } from './failure-overlay.tsx';
import { OverlayNotice } from './overlay-notice.tsx';
import { useClosed } from './use-closed.ts';

const failure: FailureView = {
  code: 'peer_unreachable',
  title: 'The peer cannot be reached',
  detail: 'Nobody answers.',
};
let root: Root | undefined;

/** Shows the failure of a task in a pane; every call draws the same pane again. */
function show(now: FailureView | undefined, isSaidElsewhere = false): void {
  root ??= createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <div>
      <button type="button">Connect</button>
      <p>{now === undefined ? 'Connecting' : 'Not connected'}</p>
      {isSaidElsewhere && <p>Said elsewhere</p>}
      <FailureOverlay failure={now} isSaidElsewhere={isSaidElsewhere} />
      <section aria-label="The conversation" tabIndex={-1} />
    </div>,
  );
}

function Marked() {
  const { isClosed, close } = useClosed('storage_full');
  return (
    <div>
      <button type="button">Nothing can be stored</button>
      {!isClosed && (
        <OverlayNotice label="Nothing can be stored" tone="bad" close={close}>
          The disk is full.
        </OverlayNotice>
      )}
    </div>
  );
}

afterEach(() => {
  root?.unmount();
  root = undefined;
});

const notice = page.getByRole('region', { name: failure.title });
const close = page.getByRole('button', { name: 'Close this notice' });

test('a second equal failure is shown again after the first was closed', async () => {
  show(failure);
  await userEvent.click(close);
  await expect.element(notice).not.toBeInTheDocument();
  // Told again, by another event of the same failure, it stays closed.
  show({ ...failure });
  await expect.element(notice).not.toBeInTheDocument();
  show(undefined);
  await expect.element(page.getByText('Connecting')).toBeVisible();
  show({ ...failure });
  await expect.element(notice).toBeVisible();
});

test('one that was closed stays closed while it is said elsewhere', async () => {
  show(failure);
  await userEvent.click(close);
  show(failure, true);
  await expect.element(page.getByText('Said elsewhere')).toBeVisible();
  show(failure);
  await expect.element(page.getByText('Said elsewhere')).not.toBeInTheDocument();
  await expect.element(notice).not.toBeInTheDocument();
});

test('closing gives the keyboard to what stands below', async () => {
  show(failure);
  await userEvent.click(close);
  await expect.element(page.getByRole('region', { name: 'The conversation' })).toHaveFocus();
});

test('a notice that goes while the keyboard is in it gives it to what stands below', async () => {
  show(failure);
  await expect.element(close).toBeVisible();
  close.element().focus();
  show(undefined);
  await expect.element(page.getByRole('region', { name: 'The conversation' })).toHaveFocus();
});

test('closing the notice of a button gives the keyboard back to the button', async () => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(<Marked />);
  await userEvent.click(close);
  await expect.element(page.getByRole('button', { name: 'Nothing can be stored' })).toHaveFocus();
});

test('a notice that goes by itself leaves the keyboard where it is', async () => {
  show(failure);
  await userEvent.click(page.getByRole('button', { name: 'Connect' }));
  show(undefined);
  await expect.element(notice).not.toBeInTheDocument();
  await expect.element(page.getByRole('button', { name: 'Connect' })).toHaveFocus();
});
