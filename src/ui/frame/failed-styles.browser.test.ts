import { afterEach, expect, test } from 'vitest';
import { loadFailedStyles } from './failed-styles.ts';

afterEach(() => {
  for (const link of document.head.querySelectorAll('link[data-test]')) link.remove();
});

/** Adds a style sheet that cannot be loaded, and waits until it has failed. */
async function addMissing(href: string): Promise<void> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  link.dataset.test = '';
  const failed = new Promise((resolve) => link.addEventListener('error', resolve, { once: true }));
  document.head.append(link);
  await failed;
}

test('what an extension adds to the page and cannot load keeps no view from being loaded', async () => {
  // Nobody listens there.
  await addMissing('http://127.0.0.1:1/of-an-extension.css');
  await expect(loadFailedStyles()).resolves.toBeUndefined();
});

test('a style sheet of the app that still cannot be loaded keeps its view from being shown without it', async () => {
  // A path would be answered with the app's page, and that makes the test's server prepare all of the app.
  const gone = URL.createObjectURL(new Blob([]));
  URL.revokeObjectURL(gone);
  await addMissing(gone);
  await expect(loadFailedStyles()).rejects.toBeInstanceOf(Event);
});
