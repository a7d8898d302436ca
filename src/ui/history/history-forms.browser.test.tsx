import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ExportHistory } from './export-history.tsx';
import { ImportHistory } from './import-history.tsx';

/** What the engine answers, when the test lets it. */
const engine = vi.hoisted(() => ({
  exported: Promise.withResolvers<Uint8Array>(),
  imported: Promise.withResolvers<object>(),
  exportHistory: () => engine.exported.promise,
  importHistory: () => engine.imported.promise,
}));
vi.mock('../state/hosted.ts', () => ({
  useHosted: () => ({ agentId: 'traveller_agent_001', engine }),
  useAgentState: (select: (state: { readonly groups: readonly [] }) => unknown) => select({ groups: [] }),
}));
vi.mock('../design/save-file.ts', () => ({ saveFile: () => undefined }));

let root: Root;
beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  root.unmount();
  document.body.replaceChildren();
});

const passphrase = 'six words that nobody can guess';

test('the passphrase of a file that is being written cannot become another one', async () => {
  root.render(<ExportHistory peers={['helper_agent_001']} />);
  const fields = [page.getByLabelText('Passphrase'), page.getByLabelText('Type it again')];
  for (const field of fields) await userEvent.fill(field, passphrase);
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/^Making the key/)).toBeVisible();
  await userEvent.keyboard('x');
  for (const field of fields) await expect.element(field).toHaveValue(passphrase);
  engine.exported.resolve(new Uint8Array(10));
  await expect.element(page.getByText(/is in your downloads/)).toBeVisible();
  for (const field of fields) await expect.element(field).toHaveValue('');
  await userEvent.keyboard('x');
  await expect.element(page.getByLabelText('Type it again')).toHaveValue('x');
});

test('while a file is imported no other one can be chosen, so that what is said is said of it', async () => {
  root.render(<ImportHistory changed={() => undefined} />);
  const file = page.getByLabelText('File');
  await userEvent.upload(file, new File(['x'], 'one.age'));
  await userEvent.fill(page.getByLabelText('Its passphrase'), passphrase);
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/^Making the key/)).toBeVisible();
  await expect.element(file).toBeDisabled();
  await userEvent.keyboard('x');
  await expect.element(page.getByLabelText('Its passphrase')).toHaveValue(passphrase);
  engine.imported.reject(new TypeError('It is another file.'));
  await expect.element(file).toBeEnabled();
});
