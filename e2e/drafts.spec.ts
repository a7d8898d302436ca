import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { tracesOf } from './plaintext.ts';
import { readStorage } from './storage.ts';

const draft = 'Wednesday at the lighthouse, quietly';

test('what is typed and not sent is there after a reload, encrypted on the disk, and gone with the agent', async ({
  tabs: [first, second],
}) => {
  const one = await AgentTab.open(first, traveller);
  await AgentTab.open(second, helper);
  await one.connect(helper);
  const field = await one.textTo(helper);
  await field.fill(draft);
  const stored = async () => (await readStorage(first)).bytes.filter(({ path }) => path.includes('parley-drafts-'));
  // The iv and the ciphertext: it is stored once nothing was typed for a moment.
  await expect.poll(stored).toHaveLength(2);
  await first.getByRole('heading', { name: traveller }).click();
  await first.keyboard.press('`');
  await first.getByLabel('Command for').fill('send helper "not yet');
  await expect.poll(stored).toHaveLength(4);
  const parameters = await one.write('echo', '{"not": "yet"}');
  // The mode, the way of writing the parameters, the method and the parameters.
  await expect.poll(stored).toHaveLength(12);
  await first.reload();
  await one.ready();
  await expect(parameters).toHaveValue('{"not": "yet"}');
  await one.textTo(helper);
  await expect(field).toHaveValue(draft);
  await first.getByRole('heading', { name: traveller }).click();
  await first.keyboard.press('`');
  await expect(first.getByLabel('Command for')).toHaveValue('send helper "not yet');

  const { keys, bytes, texts } = await readStorage(first);
  expect(keys.filter(({ extractable }) => extractable)).toEqual([]);
  const all = JSON.stringify([bytes, texts]);
  for (const trace of tracesOf(draft)) expect(all).not.toContain(trace);

  await first.getByRole('button', { name: 'Forget', exact: true }).click();
  await first
    .getByRole('dialog')
    .getByRole('button', { name: /^Forget/ })
    .click();
  await expect(first.getByRole('heading', { name: `${traveller} is forgotten` })).toBeVisible();
  await expect
    .poll(async () => (await readStorage(first)).databases.join())
    .not.toContain(`parley-drafts-${traveller}`);
});
