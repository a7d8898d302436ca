import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { test as base, expect } from './harness.ts';
import { openTab } from './open-tab.ts';
import { sharedContext, showAgain, useWithoutErrors } from './ready-pair.ts';
import { talk } from './talk.ts';

const step = (page: Page, message: string) => page.locator(`[data-step="${message}"]`);
const resumption = (page: Page) => page.getByRole('region', { name: `Resumption of ${helper} with ${traveller}` });

/** Two agents that talked before Helper's tab was reloaded and resumed by itself; both pages at the resumed session. */
interface ResumedPair {
  readonly first: Page;
  readonly second: Page;
  readonly one: AgentTab;
  readonly two: AgentTab;
  /** The short id of the session before. */
  readonly before: string;
}

interface SharedPair extends ResumedPair {
  readonly addresses: readonly (readonly [page: Page, address: string])[];
}

/** The tests that only read share one such pair. */
const test = base.extend<{ pair: ResumedPair }, { sharedPair: SharedPair }>({
  sharedPair: [
    async ({ browser }, use, { project }) => {
      const context = await sharedContext(browser, project);
      const [first, second] = [await openTab(context), await openTab(context)];
      const one = await talk(first, second, 'before');
      const two = AgentTab.of(second, helper);
      const before = (await first.locator('.session-header-facts code').first().textContent()) ?? '';
      await second.reload();
      await two.ready();
      const addresses: [Page, string][] = [];
      for (const page of [first, second]) {
        await page
          .locator('.session-row')
          .filter({ hasText: `resumed session ${before}` })
          .click();
        await expect(page.locator('.session-header')).toContainText('resumed');
        addresses.push([page, page.url()]);
      }
      await use({ first, second, one, two, before, addresses });
      await context.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  pair: async ({ sharedPair }, use) => {
    for (const [page, address] of sharedPair.addresses) await showAgain(page, address);
    await useWithoutErrors(sharedPair.first.context(), () => use(sharedPair));
  },
});

test('after a reload both tabs show a resumption: two messages, no RSA, of which session, and what it saved', async ({
  pair: { first, second, one, two, before },
}) => {
  for (const tab of [one, two]) {
    const { page } = tab;
    await expect(page.locator('.session-header')).toContainText(new RegExp(`resumed ${before} in [\\d.]+ (?:ms|µs)`));
    await tab.show('Handshake');
    await expect(page.getByRole('heading', { name: `Resumption of session ${before}` })).toBeVisible();
    await expect(page.locator('[data-step]')).toHaveText([/RESUME_HELLO/, /RESUME_ACCEPT/]);
    await expect(page.getByText('both sides hold the same keys')).toBeVisible();
    await expect(page.getByText('Resumption known, unused, the sender’s')).toBeVisible();
    await expect(page.getByText('Certificates valid, not revoked since')).toHaveCount(2);
    await expect(resumption(page).getByText(/RSA-OAEP|RSA-PSS/)).toHaveCount(0);
  }
  await expectAccessible(first, 'a resumption');
  await expect(first.locator('.session-row').filter({ hasText: /went on as [0-9a-f]{8}/ })).toHaveCount(1);
  // Both tabs list the session before, and lead to it.
  await first.getByRole('button', { name: before }).and(first.locator('.handshake-former')).click();
  await expect(step(first, 'CLIENT_HELLO')).toBeVisible();
  await first.goBack();
  await expect(step(first, 'RESUME_HELLO')).toBeVisible();
  // The one that was reloaded has the recording of the full handshake: it is stored.
  await second.locator('.handshake-former').click();
  await expect(step(second, 'CLIENT_HELLO')).toBeVisible();
  await expect(second.getByText('both sides hold the same keys')).toBeVisible();
  await second.goBack();
  await expect(step(second, 'RESUME_HELLO')).toBeVisible();

  await first.getByRole('radio', { name: 'Observer' }).check();
  await expect(first.getByText('Binder verifies')).toHaveCount(0);
  await expect(first.locator('[data-step]')).toHaveCount(2);
  await first.getByRole('radio', { name: 'All that is recorded' }).check();
  await first.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(first.getByText('Session resumed')).toBeHidden();
  await first.getByRole('button', { name: 'Show all' }).click();
  await expect(first.getByText('Session resumed')).toBeVisible();
});

test('the messages of a resumption show what was signed, and are verified again with the key that the old session’s hello named', async ({
  pair: { first, second, one, two },
}) => {
  await one.show('Handshake');
  await two.show('Handshake');
  for (const message of ['RESUME_HELLO', 'RESUME_ACCEPT']) {
    await step(first, message).click();
    await first.getByRole('button', { name: 'Verify again' }).click();
    await expect(first.getByText('Unchanged: every check that can be run here passes')).toBeVisible();
    await expect(first.getByRole('status').getByText('Signature of the old session’s key')).toBeVisible();
    await expect(first.getByText('The binder is an HMAC under the old session’s resumption key')).toBeVisible();
    await first.locator('button[data-member="nonce"]').click();
    await first.getByRole('button', { name: 'Flip a bit' }).click();
    await expect(first.getByText('“Signature of the old session’s key” fails first')).toBeVisible();
    await step(first, message).click();
  }
  await step(second, 'RESUME_HELLO').click();
  await second.getByRole('button', { name: 'Verify again' }).click();
  // The tab that was reloaded checks it too: the recording of the session before is stored.
  await expect(second.getByRole('status').getByText('Signature of the old session’s key')).toBeVisible();
  await second.getByRole('button', { name: 'Signed bytes' }).click();
  await expect(second.getByText('parley/1 resume hello')).toHaveCount(2);
  await expect(second.locator('.message-outside').filter({ hasText: '"binder":"' })).toHaveCount(2);
  await expect(second.getByText(/^th0 = [0-9a-f]{64}$/)).toBeVisible();
  await step(second, 'RESUME_ACCEPT').click();
  await second.getByRole('button', { name: 'Signed bytes' }).click();
  await expect(second.getByText(/^tr1 = [0-9a-f]{64}$/)).toBeVisible();
  await expect(second.getByText(/^tr = [0-9a-f]{64}$/)).toBeVisible();
});

test('the views of keys, times and wire show those of a resumption', async ({ pair: { first, one } }) => {
  await one.show('Keys');
  for (const node of ['resumption_key', 'x25519_secret', 'ml_kem_secret', 'client_key', 'exporter', 'tr']) {
    await expect(first.locator(`[data-node="${node}"]`)).toContainText('the same on both sides');
  }
  await first.locator('[data-node="client_key"]').click();
  await expect(first.getByRole('complementary', { name: 'client key' })).toContainText(
    'Needs the resumption key, the X25519 secret and the ML-KEM secret. They no longer exist.',
  );
  await expectAccessible(first, 'the keys of a resumption');
  await first.getByRole('radio', { name: 'Observer' }).check();
  await expect(first.locator('[data-node="resumption_key"]')).toContainText('cannot know');
  await expect(first.locator('[data-node="tr"] code')).toBeVisible();
  await one.show('Timing');
  const shares = first.getByRole('region', { name: 'Where the time went' });
  await expect(shares.getByRole('rowheader', { name: 'key schedule' })).toBeVisible();
  await expect(shares.getByRole('rowheader', { name: 'RSA' })).toHaveCount(0);
  await one.show('Wire');
  const wire = first.getByRole('region', { name: 'What an observer saw' });
  await expect(wire.locator('.wire-names')).toHaveText('RESUME_HELLO → RESUME_ACCEPT');
  await first.keyboard.press('Escape');
  await first
    .getByRole('button', { name: /console/ })
    .first()
    .click();
  const line = first.getByRole('textbox', { name: /Command/ });
  await line.fill('trace');
  await line.press('Enter');
  await expect(first.getByText(/Received RESUME_HELLO, [\d,]+ B/)).toBeVisible();
  await expect(first.getByText(/Resumption known and unused/)).toBeVisible();
  await first.keyboard.press('Escape');
  await expect(line).toHaveCount(0);
});

test('at 390 px in the dark axe finds nothing in the inspector of a resumption, and its file opens', async ({
  pair: { first, one },
}) => {
  await first.emulateMedia({ colorScheme: 'dark' });
  await first.setViewportSize({ width: 390, height: 900 });
  await one.show('Handshake');
  const saving = first.waitForEvent('download');
  await first.getByRole('button', { name: 'Export trace' }).click();
  const file = await (await saving).path();
  await step(first, 'RESUME_HELLO').click();
  await first.getByRole('button', { name: 'Signed bytes' }).click();
  await expect(first.getByText('parley/1 resume hello')).toHaveCount(2);
  await expectAccessible(first, 'RESUME_HELLO, Signed bytes');
  const page = await openTab(first.context());
  await page.goto('/trace');
  await page.locator('input[type="file"]').first().setInputFiles(file);
  await expect(page.getByRole('heading', { name: /^Resumption of session/ })).toBeVisible();
  await expect(page.locator('[data-step]')).toHaveText([/RESUME_HELLO/, /RESUME_ACCEPT/]);
  await page.close();
});

test('a resumption that the other side does not know is shown with its refusal, and a handshake follows by itself', async ({
  tabs: [first, second],
}) => {
  const one = await talk(first, second);
  for (const page of [first, second]) await page.goto('/');
  await forgetResumptions(second, helper);
  await AgentTab.open(second, helper);
  await AgentTab.open(first, traveller);
  const sessions = first.locator('.session-row');
  await expect(sessions.filter({ hasText: 'tried to resume' })).toContainText('FAILED');
  await expect(sessions.filter({ hasText: /ESTABLISHED/ })).toHaveCount(1);
  await sessions.filter({ hasText: 'tried to resume' }).click();
  await one.show('Handshake');
  await expect(first.getByRole('heading', { name: /^Resumption of session [0-9a-f]{8}$/ })).toBeVisible();
  await expect(first.locator('[data-step]')).toHaveText([/RESUME_HELLO/, /PROBLEM.*resumption_unknown/]);
  await expect(first.getByText('a full handshake follows automatically').first()).toBeVisible();
});

/** Deletes what an agent could resume out of its page's storage, while the agent is not open. */
async function forgetResumptions(page: Page, agentId: string): Promise<void> {
  await page.evaluate(async (id) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const name = (await indexedDB.databases()).find((database) => database.name === `parley-agent-${id}`)?.name ?? '';
    const database = await done(indexedDB.open(name));
    await done(database.transaction('resumptions', 'readwrite').objectStore('resumptions').clear());
    database.close();
  }, agentId);
}
