import { join } from 'node:path';
import type { Page, Response, Route } from '@playwright/test';
import { Agent } from '../../src/library/node.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { GroupTab } from '../group-tab.ts';
import { expect, test } from './served.ts';

const scout = 'scout_agent_001';
const keeper = 'keeper_agent_001';
const team = 'release-team';

/** Resolves once the service has KeyPackages of a page's agent. */
async function untilInvitable(page: Page): Promise<void> {
  const predicate = (response: Response) => {
    if (!response.url().endsWith('/delivery/key-packages') || !response.ok()) return false;
    // The first call only asks how many are left.
    return (response.request().postDataJSON()?.one_time ?? []).length > 0;
  };
  await page.context().waitForEvent('response', { predicate, timeout: 90_000 });
}

/** Lets the next commit of a page's agent reach the service, and its answer never come back; resolves when the service has it. */
async function loseAnswerToCommit(page: Page): Promise<{ stored: Promise<void>; end(): Promise<void> }> {
  const stored = Promise.withResolvers<void>();
  const lose = async (route: Route) => {
    const { kind } = route.request().postDataJSON() ?? {};
    if (kind !== 'commit') return route.continue();
    await route.fetch();
    stored.resolve();
  };
  const entries = /\/delivery\/groups\/[0-9a-f]{32}\/entries$/;
  await page.context().route(entries, lose);
  return { stored: stored.promise, end: () => page.context().unroute(entries, lose) };
}

test('three profiles and an agent in Node have a group together, one reloads in the middle of a commit, one is removed', async ({
  profiles,
  server,
}) => {
  const node = await Agent.open({
    id: keeper,
    server: server.url,
    folder: join(server.folder, 'agents', keeper),
    methods: { send_request: () => 'Ready.' },
  });
  const opened = [];
  for (const agentId of [traveller, helper, scout]) {
    const { page } = await profiles.open(server.url);
    const invitable = untilInvitable(page);
    opened.push(await AgentTab.open(page, agentId));
    await invitable;
  }
  const [one, two, three] = opened;
  if (one === undefined || two === undefined || three === undefined) throw new TypeError('There are three.');

  const ofTraveller = await GroupTab.create(one, team, [helper, scout, keeper]);
  const ofHelper = await GroupTab.accept(two, team);
  const ofScout = await GroupTab.accept(three, team);
  await expect.poll(async () => (await node.groups.invitations()).map(({ name }) => name)).toEqual([team]);
  const [invitation] = await node.groups.invitations();
  const ofKeeper = await node.groups.accept(invitation?.groupId ?? '');

  const tabs = [ofTraveller, ofHelper, ofScout];
  const said: string[] = [];
  /** Waits until everybody who is given has what was said, and each has it once. */
  const heardBy = async (those: readonly GroupTab[]) => {
    for (const tab of those) for (const text of said) await expect(tab.said(text)).toHaveCount(1);
    // In no order: what Keeper says may come before what it has not taken in yet.
    const inNode = async () => (await ofKeeper.history()).exchanges.map(({ parameters }) => String(parameters)).sort();
    await expect.poll(inNode).toEqual([...said].sort());
  };
  const say = async (by: GroupTab, text: string) => {
    await by.say(text);
    await expect(by.said(text)).toContainText(/stored|delivered/);
    said.push(text);
  };
  await say(ofTraveller, 'The release is on Thursday.');
  await say(ofHelper, 'Helper has read it.');
  await say(ofScout, 'Scout has read it.');
  await ofKeeper.send('Keeper has read it.');
  said.push('Keeper has read it.');
  await heardBy(tabs);

  await ofTraveller.ask('Who is ready?');
  await expect(ofTraveller.said('Who is ready?')).toContainText('All 3 have answered');
  for (const tab of tabs) {
    const answers = tab.said('Who is ready?').getByRole('list', { name: 'Answers' }).getByRole('listitem');
    await expect(answers).toHaveCount(3);
  }

  await ofTraveller.show('Members');
  const lost = await loseAnswerToCommit(one.page);
  await one.page.getByRole('textbox', { name: 'Name of the group' }).fill('night-shift');
  await one.page.getByRole('button', { name: 'Rename' }).click();
  await lost.stored;
  await one.page.reload();
  await lost.end();
  await one.ready();
  await expect(ofHelper.happened('renamed the group')).toContainText('night-shift');
  await expect(one.page.getByRole('textbox', { name: 'Name of the group' })).toHaveValue('night-shift');
  await expect.poll(() => ofKeeper.name).toBe('night-shift');

  await one.page.getByRole('button', { name: `Remove ${scout}` }).click();
  await one.page.getByRole('button', { name: 'Remove it' }).click();
  await expect(three.page.getByText('This agent was removed from the group.')).toBeVisible();
  await ofTraveller.show('Conversation');
  await ofKeeper.send('Only for three.');
  for (const tab of [ofTraveller, ofHelper]) {
    await expect(tab.said('Only for three.')).toHaveCount(1);
    for (const text of said) await expect(tab.said(text)).toHaveCount(1);
  }
  await expect(ofScout.said('Scout has read it.')).toHaveCount(1);
  await expect(ofScout.said('Only for three.')).toHaveCount(0);
  await three.page.reload();
  await three.ready();
  await expect(three.page.getByText('This agent was removed from the group.')).toBeVisible();
  await expect(ofScout.said('Only for three.')).toHaveCount(0);
  const kinds = (await ofKeeper.events()).map(({ what }) => what.kind);
  expect(kinds.filter((kind) => kind === 'renamed' || kind === 'removed')).toEqual(['renamed', 'removed']);
  await node.close();
});
