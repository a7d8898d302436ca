import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessibleInEachLook } from './accessible.ts';
import type { AgentTab } from './agent-tab.ts';
import { isExhaustive } from './exhaustive.ts';
import { openTab } from './open-tab.ts';
import { expect, said, test } from './ready-pair.ts';
import { talk } from './talk.ts';

/** A session between two tabs, exported by its button: the file's text, and the diagram as the live page shows it. */
async function exported(one: AgentTab): Promise<{ text: string; path: string; diagram: string }> {
  const { page: first } = one;
  await one.show('Handshake');
  await expect(first.getByText('both sides hold the same keys')).toBeVisible();
  const diagram = await diagramOf(first);
  const [download] = await Promise.all([
    first.waitForEvent('download'),
    first.getByRole('button', { name: 'Export trace' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^parley-trace-[0-9a-f]{8}-\d{4}-\d\d-\d\d\.json$/);
  const path = await download.path();
  return { text: await readFile(path, 'utf8'), path, diagram };
}

const diagramOf = (page: Page) =>
  page
    .getByRole('region', { name: /^Handshake of/ })
    .getByRole('list')
    .first()
    .innerText();

test('an exported trace shows the same picture in a fresh profile, and holds no secret', async ({
  pair: { one },
  browser,
  baseURL,
}) => {
  const { text, path, diagram } = await exported(one);
  for (const word of said
    .join(' ')
    .split(' ')
    .filter(({ length }) => length > 4))
    expect(text).not.toContain(word);
  expect(text).not.toMatch(/PRIVATE KEY|"(?:d|p|q|dp|dq|qi|k)":/);

  const context = await browser.newContext({ baseURL: baseURL ?? '' });
  const page = await openTab(context);
  await page.goto('/trace/handshake/SERVER_HELLO');
  await expect(page.getByText('open it again')).toBeVisible();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'bug.json', mimeType: 'application/json', buffer: await readFile(path) });
  await expect(page.getByText('nothing here is live')).toBeVisible();
  // The address came back with the file.
  const arrow = page.getByRole('button', { name: /^2 SERVER_HELLO/ });
  await expect(arrow).toHaveAttribute('aria-expanded', 'true');
  await arrow.click();
  await expect(page).toHaveURL(/\/trace\/handshake$/);
  expect((await diagramOf(page)).replaceAll(', you', '')).toBe(diagram.replaceAll(', you', ''));
  for (const view of ['Keys', 'Timing', 'Wire']) {
    await page.getByRole('navigation', { name: 'Views of the trace' }).getByRole('button', { name: view }).click();
    await expect(page.getByText('This trace cannot be drawn')).toHaveCount(0);
  }
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('heading', { name: 'Open a saved trace' })).toBeVisible();
  await context.close();
});

/** Drops a file of this text on the page. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(
    ([fileName, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content ?? ''], fileName ?? '', { type: 'application/json' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    [name, text],
  );
}

test('damaged and foreign files get an error that says what to do, and the open trace stays', async ({
  pair: { one },
  browser,
  baseURL,
}) => {
  const { text } = await exported(one);
  const context = await browser.newContext({ baseURL: baseURL ?? '' });
  const page = await openTab(context);
  await page.goto('/trace');
  await expect(page.getByRole('heading', { name: 'Open a saved trace' })).toBeVisible();
  const frame = () => page.locator('main').evaluate((main) => getComputedStyle(main).outlineStyle);
  const hold = (type: string) =>
    page.evaluate(
      (name) => document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true })),
      type,
    );
  expect(await frame()).toBe('none');
  await hold('dragover');
  await expect.poll(frame).toBe('dashed');
  await hold('dragleave');
  await expect.poll(frame).toBe('none');
  await drop(page, 'picture.png', '\u0089PNG');
  await expect(page.getByRole('alert')).toContainText('not a JSON file');
  await drop(page, 'other.json', '{"log": {}}');
  await expect(page.getByRole('alert')).toContainText('not a Parley trace');
  await drop(page, 'good.json', text);
  await expect(page.getByText('nothing here is live')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await drop(page, 'damaged.json', text.replace('"check": "shape"', '"check": "form"'));
  await expect(page.getByRole('alert')).toContainText('damaged at ends');
  await expect(page.getByText('nothing here is live')).toBeVisible();
  await context.close();
});

test('mutated files, one after the other, never crash the page', async ({
  tabs: [first, second],
  browser,
  baseURL,
}) => {
  test.slow();
  const one = await talk(first, second, 'a session of one message');
  const { text } = await exported(one);
  const files = isExhaustive ? 1_000 : 200;
  const context = await browser.newContext({ baseURL: baseURL ?? '' });
  const page = await openTab(context);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto('/trace');
  await expect(page.getByRole('heading', { name: 'Open a saved trace' })).toBeVisible();
  await drop(page, 'good.json', text);
  await expect(page.getByText('nothing here is live')).toBeVisible();
  const seen = await page.evaluate(
    async ([good, count]) => {
      // A generator with a fixed seed, so that a failure can be repeated.
      let state = 7;
      const next = (below: number) => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return state % below;
      };
      const values = [null, true, -1, 1e308, '', 'x'.repeat(9_000), {}, [], '__proto__', 0.5, 'CLIENT_HELLO'];
      const mutate = () => {
        const how = next(4);
        const at = next(good.length);
        if (how === 0) return good.slice(0, at) + String.fromCharCode(32 + next(90)) + good.slice(at + 1);
        if (how === 1) return good.slice(0, at);
        const json: unknown = JSON.parse(good);
        const places: [object, string][] = [];
        const walk = (holder: unknown) => {
          if (typeof holder !== 'object' || holder === null) return;
          for (const [name, member] of Object.entries(holder)) {
            places.push([holder, name]);
            walk(member);
          }
        };
        walk(json);
        const [holder, name] = places[next(places.length)] ?? [{}, ''];
        if (how === 2) Reflect.deleteProperty(holder, name);
        else Reflect.set(holder, name, values[next(values.length)]);
        return JSON.stringify(json);
      };
      const told = { drawn: 0, refused: 0, blank: 0 };
      for (let i = 0; i < count; i++) {
        const data = new DataTransfer();
        data.items.add(new File([mutate()], `mutant ${i}.json`));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        if (document.querySelector('.trace-head') === null) told.blank += 1;
        else if (document.querySelector('[role=alert]') === null) told.drawn += 1;
        else told.refused += 1;
      }
      return told;
    },
    [text, files] as const,
  );
  expect(errors).toEqual([]);
  expect(seen.blank).toBe(0);
  expect(seen.refused).toBeGreaterThan(0.3 * files);
  await drop(page, 'good.json', text);
  await expect(page.getByRole('button', { name: /SESSION_ESTABLISHED/ })).toBeVisible();
  await context.close();
});

test('axe finds no violation with a trace open, light or dark, wide or narrow', async ({ page }, info) => {
  await page.goto('/trace');
  await expect(page.getByRole('heading', { name: 'Open a saved trace' })).toBeVisible();
  await expectAccessibleInEachLook(page, 'no file');
  const file = info.outputPath('trace.json');
  await writeFile(file, smallTrace);
  await page.locator('input[type=file]').setInputFiles(file);
  await expect(page.getByText('nothing here is live')).toBeVisible();
  await expectAccessibleInEachLook(page, 'a file');
  await page.getByRole('radio', { name: 'Observer' }).check();
  await expectAccessibleInEachLook(page, 'as an observer');
});

/** The example of the format's page, which must stay true. */
const smallTrace =
  (await readFile(new URL('../docs/trace-format.md', import.meta.url), 'utf8')).split('```')[1]?.slice('json'.length) ??
  '';
