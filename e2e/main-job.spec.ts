import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { openTab } from './open-tab.ts';
import { makeOwnKeys } from './own-keys.ts';
import { tracesOf } from './plaintext.ts';
import { readStorage } from './storage.ts';

const said = {
  there: 'Meet me beneath the clocktower at seventeen hundred',
  back: 'Understood, bringing the parchment',
  byHand: 'Handwritten: the drawbridge stays lowered',
} as const;

test('two tabs register, connect, talk both ways, answer by hand and disconnect; the wire tells nothing of it', async ({
  tabs: [first, second],
  network,
}) => {
  test.slow();
  await makeOwnKeys(first.context());
  // The third tab stands for anybody who listens to what passes between the tabs outside of HTTP.
  const listener = await openTab(first.context());
  await listener.goto('/');
  await listener.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new BroadcastChannel('parley:network').onmessage = ({ data }) => {
      heard.push(
        JSON.stringify(data, (_, value) =>
          value instanceof ArrayBuffer ? new TextDecoder().decode(new Uint8Array(value)) : value,
        ),
      );
    };
  });

  const one = await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);

  await one.connect(helper);
  await expect(first.getByText('expires in').first()).toBeVisible();
  await two.talkTo(traveller);

  const box = await one.textTo(helper);
  await box.fill(said.there);
  await box.press('Shift+Enter');
  await expect(box).toHaveValue(`${said.there}\n`);
  await box.press('Backspace');
  await box.press('Enter');
  await expect(one.lastExchange).toContainText('SUCCESS');
  await expect(box).toHaveValue('');
  await expect(box).toBeFocused();
  await box.press('ArrowUp');
  await expect(box).toHaveValue(said.there);
  await box.press('ArrowDown');
  await expect(box).toHaveValue('');
  await expect(one.lastExchange).toContainText(`Hello Traveller! Request received: ${said.there}`);
  await expect(two.lastExchange).toContainText(said.there);

  // What no peer would take is marked where it stands, and nothing goes out.
  await two.send('echo', '{"a": 1,\n"a": 2}');
  await expect(second.getByLabel('Parameters, as JSON')).toHaveAttribute('aria-invalid', 'true');
  await expect(second.getByText('line 2, column 1: an object has the same name twice')).toBeVisible();
  await expect(second.getByRole('log').getByRole('listitem')).toHaveCount(1);
  await two.send('echo', JSON.stringify({ words: said.back }));
  await expect(two.lastExchange).toContainText('SUCCESS');
  await expect(one.lastExchange).toContainText(said.back);

  await second.getByText('I answer', { exact: true }).click();
  await one.send('send_request', JSON.stringify({ query: 'What of the drawbridge?' }));
  await expect(one.lastExchange).toContainText('waiting');
  await expect(two.lastExchange.getByRole('timer')).toContainText('until the sender is told');
  await second.getByLabel('Your answer').fill(said.byHand);
  await second.getByRole('button', { name: 'Answer', exact: true }).click();
  await expect(one.lastExchange).toContainText(said.byHand);

  await one.show('Wire');
  await expect(first.getByText(/An observer saw/)).toContainText('No plaintext');
  await one.show('Handshake');
  await expect(first.getByText(/session established/i).first()).toBeVisible();

  await first.getByRole('button', { name: 'Disconnect' }).click();
  await first.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(first.getByText('CLOSED').first()).toBeVisible();
  await expect(second.getByText('CLOSED').first()).toBeVisible();

  const exchanges = await network.exchanges();
  const toAgents = exchanges.filter(({ url }) => /\/agent\/(handshake|message)$/.test(url));
  expect(toAgents.filter(({ url }) => url === 'https://localhost:5001/agent/handshake')).toHaveLength(2);
  expect(toAgents.filter(({ url }) => url === 'https://localhost:5001/agent/message')).toHaveLength(3);
  expect(toAgents.filter(({ url }) => url === 'https://localhost:5000/agent/message')).toHaveLength(1);
  for (const { status, requestBody, responseBody } of toAgents) {
    expect(status).toBe(200);
    expect(requestBody).toContain('"session_id"');
    expect(responseBody).toContain('"session_id"');
  }
  const heard = await listener.evaluate(() => ('heard' in window ? String(window.heard) : ''));
  expect(heard).toContain('encrypted_payload');
  // The product's own files hold words too: of those, only what was asked for counts.
  const isFile = ({ method, url }: (typeof exchanges)[number]) => method === 'GET' && !url.includes('/controller/');
  const carried = exchanges.map((exchange) => (isFile(exchange) ? { ...exchange, responseBody: '' } : exchange));
  const everything = JSON.stringify(carried) + heard;
  const found = Object.values(said)
    .flatMap(tracesOf)
    .filter((trace) => everything.includes(trace));
  expect(found).toEqual([]);
});

test('no key in either tab can be taken out, and no storage, trace or page holds key bytes', async ({
  tabs: [first, second],
}) => {
  test.slow();
  await makeOwnKeys(first.context());
  const one = await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  await one.connect(helper);
  await one.send('echo', JSON.stringify({ words: said.there }));
  await expect(one.lastExchange).toContainText('SUCCESS');
  await two.talkTo(traveller);

  for (const { page } of [one, two]) {
    const { databases, keys: all, bytes, texts } = await readStorage(page);
    expect(all.filter(({ extractable }) => extractable)).toEqual([]);
    // What was typed is stored a moment later, or not yet, under one more key; the keys of leaves of groups are made meanwhile.
    const keys = all.filter(({ path }) => !/^parley-drafts-|groupKeys/.test(path));
    expect(all.filter(({ path }) => /groupKeys/.test(path)).every(({ type }) => type === 'private')).toBe(true);
    expect(databases.filter((name) => !name.startsWith('parley-drafts-')).sort()).toEqual([
      'parley-agent-helper_agent_001',
      'parley-agent-traveller_agent_001',
      'parley-controller',
      'parley-delivery',
    ]);
    // Private: two of each agent and what signs its resumption, and the Controller's. Secret: each resumption, three of each history.
    const ofType = (wanted: string) => keys.filter(({ type }) => type === wanted).length;
    expect([ofType('private'), ofType('secret'), keys.length]).toEqual([7, 8, 15]);
    // PKCS#8 starts with version 0 and an algorithm; what is kept in bytes are certificates, public keys, lists, hashes and ciphertext.
    for (const { path, hex } of bytes) {
      expect(hex, path).not.toMatch(/^30(82....|81..|[0-7].)020100/);
      expect(path).toMatch(
        /certificate|publicKey|Spki|SigningKey|responseHash|der$|(exchanges|recordings|drafts|groupRows)\.\d+\.(iv|ciphertext)$|^parley-delivery\b|\/(recentTokens|segments|postings|audit)\b/i,
      );
    }
    const inPage = await page.evaluate(() => document.documentElement.outerHTML);
    const everything = texts.map(({ text }) => text).join('\n') + inPage;
    expect(everything).not.toMatch(/PRIVATE KEY|"kty"|"d":|MII[A-Za-z0-9+/]{3}IBADANBgkqhkiG9w0BAQEF/);
    expect(texts.map(({ text }) => text).join('\n')).not.toContain(said.there);

    for (const view of ['Handshake', 'Wire'] as const) {
      await page.getByRole('tab', { name: view }).click();
      await expect(page.getByRole('tabpanel')).not.toContainText('Loading');
      const shown = await page.evaluate(() => document.documentElement.outerHTML);
      expect(shown).not.toMatch(/PRIVATE KEY|"kty"|"d":/);
      expect(shown).not.toContain(said.there);
    }
  }
});
