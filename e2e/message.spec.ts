import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { expectAccessibleInEachLook } from './accessible.ts';
import { type AgentTab, traveller } from './agent-tab.ts';
import { expect, test } from './ready-pair.ts';

const memberButton = (page: Page, path: string) => page.locator(`button[data-member="${path}"]`);
const view = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function openHello(one: AgentTab): Promise<void> {
  await one.show('Handshake');
  await one.page.getByRole('button', { name: /CLIENT_HELLO/ }).click();
}

test('a member that is selected in one view is lit in all, and its address brings it back', async ({
  pair: { one, first },
}) => {
  await openHello(one);
  const path = 'key_shares.x25519';
  await memberButton(first, path).click();
  await expect(first).toHaveURL(/CLIENT_HELLO\?member=key_shares\.x25519$/);
  await expect(first.getByText('X25519 public key (RFC 7748)')).toBeVisible();
  const lit = first.locator(`.message-scroll [data-member="${path}"][data-lit="true"]`);
  await expect(lit.first()).toContainText('"x25519":"');
  await view(first, 'Signed bytes').click();
  await expect(lit.first()).toContainText('"x25519":"');
  await expect(first.getByText('parley/1 client hello')).toBeVisible();
  await expect(first.getByText(/^th0 = [0-9a-f]{64}$/)).toBeVisible();
  await expect(first.locator('.message-outside')).toContainText('"signature":"');
  await expect(first.getByText('and was sent in this form')).toBeVisible();
  await view(first, 'Hex').click();
  await expect(lit.first()).toBeInViewport();
  expect(await lit.count()).toBeGreaterThan(2);

  // By keyboard from member to member; Escape lets go.
  await memberButton(first, path).focus();
  await first.keyboard.press('ArrowDown');
  await expect(first).toHaveURL(/member=message_type$/);
  await first.keyboard.press('Escape');
  await expect(first).toHaveURL(/CLIENT_HELLO$/);
  await first.goBack();
  await expect(first).toHaveURL(/member=message_type$/);
});

test('a certificate is decoded in place, and its PEM is one that openssl reads', async ({ pair: { one, first } }) => {
  await openHello(one);
  await memberButton(first, 'my_certificate.signing').click();
  const facts = first.locator('.message-facts');
  for (const text of [
    `CN=${traveller}`,
    `urn:parley:agent:${traveller}`,
    'digitalSignature',
    'RSA, 3072 bits',
    'ECDSA, SHA-256',
  ]) {
    await expect(facts).toContainText(text);
  }
  const [download] = await Promise.all([
    first.waitForEvent('download'),
    first.getByRole('button', { name: 'Download PEM' }).click(),
  ]);
  const printed = opensslSubject(await download.path());
  if (printed !== undefined) expect(printed).toContain(traveller);
});

/** What openssl reads of a PEM file, where there is an openssl. */
function opensslSubject(path: string): string | undefined {
  try {
    return execFileSync('openssl', ['x509', '-in', path, '-noout', '-subject'], { encoding: 'utf8' });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

test('a copy with one bit flipped fails the check that finds it, and both versions stand side by side', async ({
  pair: { one, first },
}) => {
  await openHello(one);
  await view(first, 'Verify again').click();
  await expect(first.getByText('A second arrival would be refused as a replay.')).toBeVisible();
  const expected: readonly (readonly [path: string, check: string])[] = [
    ['encrypted_session_key', 'Signature verifies'],
    ['key_shares.ml_kem_768', 'Signature verifies'],
    ['message_type', 'Well formed'],
    ['my_certificate.signing', 'Certificate valid, not revoked'],
    ['nonce', 'Signature verifies'],
    ['protocol', 'Well formed'],
    ['recipient_id', 'Meant for me'],
    ['sender_id', 'Certificate is the sender’s'],
    ['signature', 'Signature verifies'],
  ];
  for (const [path, check] of expected) {
    await memberButton(first, path).click();
    await first.getByRole('button', { name: 'Flip a bit' }).click();
    await expect(first.getByText(`“${check}” fails first`), path).toBeVisible();
    if (path === 'nonce') await expect(first.getByText('Flipped in nonce: bit 0 of byte 16 of 32')).toBeVisible();
    await expect(first.getByRole('region', { name: 'Both versions' }).locator('mark').first()).toBeVisible();
    await first.getByRole('button', { name: 'Undo all' }).click();
    await expect(first.getByText('A second arrival would be refused as a replay.')).toBeVisible();
  }
  // By hand: a timestamp of another day.
  await memberButton(first, 'timestamp').click();
  await first.getByRole('textbox', { name: 'timestamp in the copy' }).fill('1700000000');
  await expect(first.getByText('“Fresh, within 300 s” fails first')).toBeVisible();
  await first.getByRole('region', { name: 'Both versions' }).getByRole('button', { name: 'Hex' }).click();
  await expect(first.getByRole('region', { name: 'Both versions' }).locator('mark').first()).toBeVisible();
});

test('every message of the handshake passes again unchanged', async ({ pair: { one, first } }) => {
  await openHello(one);
  for (const message of ['CLIENT_HELLO', 'SERVER_HELLO', 'CLIENT_CONFIRM', 'SESSION_ESTABLISHED']) {
    const arrow = first.locator(`button[data-step="${message}"]`);
    if ((await arrow.getAttribute('aria-expanded')) === 'false') await arrow.click();
    await view(first, 'Verify again').click();
    await expect(first.getByText('every check that can be run here passes'), message).toBeVisible();
    await arrow.click();
  }
});

test('axe finds no violation with a message open, light or dark, wide or narrow', async ({
  pair: { one, first: page },
}) => {
  test.slow();
  await openHello(one);
  await memberButton(page, 'my_certificate.signing').click();
  await expect(page.getByText('ECDSA, SHA-256')).toBeVisible();
  for (const name of ['JSON', 'Signed bytes', 'Hex', 'Verify again']) {
    await view(page, name).click();
    if (name === 'Verify again') await page.getByRole('button', { name: 'Flip a bit' }).click();
    await expect(page.getByText(/^(Checking|Making the canonical form)$/)).toHaveCount(0);
    await expectAccessibleInEachLook(page, name);
  }
});
