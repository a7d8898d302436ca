import { beforeAll, expect, test } from 'vitest';
import { Emitter } from '../agent/contracts/emitter.ts';
import { inGroup } from '../agent/contracts/group-exchange.ts';
import type { GroupView } from '../agent/contracts/group-views.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { GroupWorld, type Resident } from '../agent/groups/testing/group-world.ts';
import { consoleOf } from '../cli/console-of.ts';
import { GroupTeller } from '../cli/group-teller.ts';
import type { ConsoleAgent, Output } from './agent.ts';
import { runLine } from './run.ts';

/** An agent at its console, and what its program told: to a person at a terminal, and in a log. */
interface Sitting extends Resident {
  readonly console_: ConsoleAgent;
  readonly terminal: string[];
  readonly log: string[];
}

let world: GroupWorld;
let traveller: Sitting;
let helper: Sitting;
let guide: Sitting;

beforeAll(async () => {
  world = await GroupWorld.create();
  [traveller, helper, guide] = await Promise.all([sit('traveller'), sit('helper'), sit('guide')]);
  await world.ready(traveller, helper, guide);
}, 120_000);

async function sit(name: string): Promise<Sitting> {
  const events = new Emitter<AgentEvent>();
  const one = await world.open(name, { emit: (event) => events.emit(event) });
  const [terminal, log] = [true, false].map((isPerson) => {
    const told: string[] = [];
    const teller = new GroupTeller(one.agentId, isPerson);
    events.follow((event) => {
      const said = event.type === 'exchange' ? inGroup(event.exchange) : undefined;
      const words = said === undefined ? teller.words(event) : teller.exchangeWords(said);
      if (words !== undefined) told.push(words.join(' '));
    });
    return told;
  });
  expect.assert(terminal !== undefined && log !== undefined);
  const console_ = consoleOf({ agent: one.agent, address: 'https://agents.test' }, one.agentId, events);
  return { ...one, console_, terminal, log };
}

/** What a line says at an agent's console, as text. */
async function type({ console_ }: Sitting, line: string): Promise<string> {
  const said: Output[] = [];
  await world.during(runLine(console_, line, (output) => said.push(output)));
  return said.map(asText).join('\n');
}

function asText(output: Output): string {
  if ('line' in output) return [output.line.mark ?? output.line.level, output.line.text].join(' ');
  return 'table' in output ? output.table.rows.map((row) => row.join(' | ')).join('\n') : '(cleared)';
}

/** Lets time pass until an agent sees a group so. */
function sees({ agent }: Sitting, groupId: string, is: (group: GroupView) => boolean): Promise<true> {
  return world.passing(() =>
    agent.groups.list().some((one) => one.groupId === groupId && is(one)) ? true : undefined,
  );
}

async function invited(who: Sitting, name: string): Promise<void> {
  await world.passing(() => (who.agent.groups.invitations().some((one) => one.name === name) ? true : undefined));
}

/** Makes a group with helper and guide in it; returns its id. */
async function group(name: string): Promise<string> {
  const made = await type(traveller, `group create ${name} helper guide`);
  for (const who of [helper, guide]) {
    await invited(who, name);
    expect(await type(who, `group accept ${name}`)).toBe(`✓ You are in “${name}”, with 2 other members.`);
  }
  const found = traveller.agent.groups.list().find((one) => one.name === name);
  expect.assert(found !== undefined);
  expect(made).toBe(`✓ “${name}” is made (${found.groupId.slice(0, 8)}). Invited: helper_agent_001, guide_agent_001.`);
  return found.groupId;
}

test('a group is made, joined, talked in, asked, changed and left', async () => {
  expect(await type(traveller, 'group list')).toContain('This agent is in no group');
  expect(await type(helper, 'group invitations')).toBe('INFO You have no invitation.');
  const groupId = await group('Harbour');
  const short = groupId.slice(0, 8);
  expect(await type(traveller, 'group list')).toBe(`${short} | Harbour | member | 3 | 0 | 1`);
  expect(await type(traveller, 'group read Harbour')).toBe('INFO Nothing was said in “Harbour” yet.');
  expect(await type(traveller, 'group members harb')).toBe(
    [
      'traveller_agent_001 | admin |  | this agent | 0',
      'helper_agent_001 | member | unverified | not heard yet | 1',
      'guide_agent_001 | member | unverified | not heard yet | 1',
    ].join('\n'),
  );
  expect(await type(traveller, `group send ${short} Ships at "noon  sharp"`)).toBe('✓ “Harbour” has it.');
  await sees(helper, groupId, ({ unread }) => unread === 1);
  expect(await type(helper, 'group read Harbour')).toMatch(
    /^OUT 20\S+ {2}traveller_agent_001: “Ships at noon {2}sharp”$/,
  );
  await sees(helper, groupId, ({ unread }) => unread === 0);
  const asked = await type(traveller, 'group ask Harbour "Who has salt?"');
  expect(asked).toMatch(/^INFO Asked in “Harbour”: helper_agent_001, guide_agent_001\n/);
  expect(asked.match(/^INFO {3}\w+_agent_001: “Hello Traveller! Request received: Who has salt\?”/gm)).toHaveLength(2);
  expect(asked).toMatch(/✓ All have answered\.$/);
  expect(await type(traveller, `group ask Harbour echo '{"a": 1}'`)).toContain('INFO   guide_agent_001: {"a":1}');
  expect(await type(traveller, 'group ask Harbour no_such 1')).toContain('WARN   guide_agent_001: ');
  const newest = await type(traveller, 'group read Harbour 1');
  expect(newest).toContain(`INFO Older ones are stored too: group read ${short} 200 shows more.`);
  expect(newest).not.toContain('salt');

  expect(await type(traveller, 'group rename Harbour "Old Quay"')).toBe('✓ “Harbour” is now “Old Quay”.');
  expect(await type(traveller, 'group admins Old helper traveller')).toBe(
    'INFO Admins of “Old Quay”: traveller_agent_001, helper_agent_001',
  );
  await sees(helper, groupId, ({ isAdmin, name }) => isAdmin && name === 'Old Quay');
  expect(await type(helper, 'group remove "Old Quay" guide_1')).toBe(
    '✓ Removed from “Old Quay”: guide_agent_001. They read nothing more.',
  );
  await sees(guide, groupId, ({ status }) => status === 'removed');
  expect(await type(guide, 'group list')).toBe(`${short} | Old Quay | removed | 0 | 4 | 0`);
  expect(await type(guide, 'group send Old "Still here?"')).toContain('(unknown_group)');
  expect(await type(helper, 'group leave Old')).toBe(
    '✓ You leave “Old Quay”. Another member takes you out; nothing more is sent.',
  );
  await sees(helper, groupId, ({ status }) => status === 'left');
  await sees(traveller, groupId, ({ members }) => members.length === 1);
  expect(await type(traveller, 'group events Old')).toMatch(
    new RegExp(
      [
        'traveller_agent_001 added helper_agent_001 and guide_agent_001',
        'traveller_agent_001 renamed the group to “Old Quay”',
        'traveller_agent_001 changed the admins: helper_agent_001 and traveller_agent_001',
        'helper_agent_001 removed guide_agent_001',
        'helper_agent_001 wants to leave',
        'helper_agent_001 left',
      ].join('\n.*'),
    ),
  );
  expect(await type(helper, 'group forget Old')).toBe('✓ “Old Quay” and what was said in it are deleted.');
  expect(await type(helper, 'group list')).toContain('This agent is in no group');
}, 120_000);

test('an invitation is declined, and who invited is told', async () => {
  await type(traveller, 'group create Declined helper');
  await invited(helper, 'Declined');
  expect(await type(helper, 'group invitations')).toMatch(
    /^[0-9a-f]{8} \| Declined \| traveller_agent_001 \| unverified \| 2 \| 20\S+Z$/,
  );
  expect(await type(helper, 'group decline Decl')).toBe(
    '✓ The invitation into “Declined” is deleted, and traveller_agent_001 is told.',
  );
  expect(await type(helper, 'group accept Declined')).toContain('no invitation called “Declined”. group invitations');
  const { groupId } = traveller.agent.groups.list().find(({ name }) => name === 'Declined') ?? { groupId: '' };
  await sees(traveller, groupId, ({ members }) => members.length === 1);
}, 120_000);

test('the only member of a group leaves it at once', async () => {
  await type(traveller, 'group create Alone');
  expect(await type(traveller, 'group leave Alone')).toBe('✓ You have left “Alone”.');
  expect(await type(traveller, 'group forget Alone')).toContain('are deleted');
}, 120_000);

test('what cannot be done is said, with what to do, and nothing changes', async () => {
  await group('Quiet');
  const before = traveller.agent.groups.list();
  const refused: readonly (readonly [Sitting, string, string])[] = [
    [traveller, 'group', '✗ This needs one of list, create, '],
    [traveller, 'group lst', '✗ There is no command “group lst”. Did you mean group list?'],
    [traveller, 'help group lst', 'Did you mean group list?'],
    [traveller, 'group create', '✗ This needs a name: group create "name" [peer…]'],
    [traveller, 'group create Away nobody', 'The directory has no agent called “nobody”. Type peers'],
    [traveller, 'group create Own traveller_agent_001', 'Name another agent. (own_agent)'],
    [
      traveller,
      `group create ${'x'.repeat(101)}`,
      'name has 1 to 100 characters, none of them a control or bidi character. Nothing was changed.',
    ],
    [
      traveller,
      'group create "a\u202eb"',
      'name has 1 to 100 characters, none of them a control or bidi character. Nothing was changed.',
    ],
    [traveller, 'group invite', 'This needs a group: group invite <group> <peer…>'],
    [traveller, 'group invite Quiet', 'This needs a peer: group invite <group> <peer…>'],
    [traveller, 'group invite Quiet nobody', 'no agent called “nobody”'],
    [
      traveller,
      'group invite Nope helper',
      '✗ There is no such group. This agent has no group called “Nope”. group list',
    ],
    [traveller, 'group invite Quiet helper', 'INFO Already in “Quiet”: helper_agent_001.'],
    [traveller, 'group remove Quiet', 'This needs a member'],
    [traveller, 'group remove Quiet nobody', '“Quiet” has no member called “nobody”. Nothing was changed.'],
    [traveller, 'group remove Quiet traveller', 'An agent does not remove itself: it leaves. Nothing was changed.'],
    [traveller, 'group rename Quiet', 'This needs a name: group rename <group> "name"'],
    [traveller, 'group rename Quiet ""', 'This needs a name'],
    [
      traveller,
      `group rename Quiet ${'x'.repeat(101)}`,
      'name has 1 to 100 characters, none of them a control or bidi character. Nothing was changed.',
    ],
    [traveller, 'group send Quiet', 'This needs what to send: group send <group> "text"'],
    [traveller, `group send Quiet ${'y'.repeat(1_200_000)}`, 'Nothing was sent. (message_too_large)'],
    [traveller, 'group ask Quiet', 'This needs what to ask'],
    [traveller, 'group ask Quiet echo {a', "Put it in single quotes: group ask team echo '"],
    [traveller, 'group read Quiet 201', 'is not a number from 1 to 200: group read <group> [count]'],
    [traveller, 'group forget Quiet', 'This is not permitted. This agent is still in the group. Leave it first.'],
    [traveller, 'group rejoin Quiet', '“Quiet” is not stranded. This agent can follow it. Nothing was asked.'],
    [traveller, 'group go-on Quiet', '“Quiet” is not forked. Its members agree on its history. Nothing was changed.'],
    [traveller, 'group accept', 'This needs an invitation'],
    [helper, 'group rename Quiet Loud', 'This is not permitted. Only an admin of the group may do this.'],
    [helper, 'group remove Quiet guide', '(not_permitted)'],
    [helper, 'group admins Quiet helper', '(not_permitted)'],
  ];
  for (const [who, line, words] of refused) {
    const said = await type(who, line);
    expect(said, line.slice(0, 80)).toContain(words);
    expect(said, line.slice(0, 80)).not.toContain('internal_error');
  }
  expect(traveller.agent.groups.list()).toEqual(before);
}, 120_000);

test('of two groups of one name, the beginning of the id says which', async () => {
  await type(traveller, 'group create Twin');
  await type(traveller, 'group create Twin');
  expect(await type(traveller, 'group send Twin x')).toBe(
    '✗ “Twin” may be any of 2 groups. Give the beginning of its id: group list shows it.',
  );
  const [, second] = traveller.agent.groups.list().filter(({ name }) => name === 'Twin');
  expect.assert(second !== undefined);
  expect(await type(traveller, `group rename ${second.groupId.slice(0, 12)} Other`)).toContain('is now “Other”');
  expect(await type(traveller, 'group send Twin x')).toBe('✓ “Twin” has it.');
}, 120_000);

test('a person at a terminal is told names and words, a log neither', async () => {
  for (const who of [helper, guide]) for (const told of [who.terminal, who.log]) told.length = 0;
  const groupId = await group('Lantern');
  const short = groupId.slice(0, 8);
  await type(traveller, 'group send Lantern "Secret words"');
  await type(traveller, `group ask Lantern echo '{"secret": "parameters"}'`);
  await type(traveller, 'group rename Lantern Beacon');
  await type(traveller, 'group remove Beacon guide');
  await sees(guide, groupId, ({ status }) => status === 'removed');
  expect(guide.terminal).toEqual(
    expect.arrayContaining([
      `WARN traveller_agent_001 (unverified) invites you to “Lantern”, 3 members. Type group accept ${short}, or group decline ${short}.`,
      'INFO “Lantern” · traveller_agent_001: “Secret words”',
      'INFO “Lantern” · traveller_agent_001 asked echo {"secret":"parameters"}: {"secret":"parameters"}',
      'INFO “Lantern”: traveller_agent_001 renamed the group to “Beacon”',
      'WARN “Beacon”: this agent was removed. What was said stays; it reads nothing more.',
    ]),
  );
  expect(guide.log).toEqual(
    expect.arrayContaining([
      `WARN traveller_agent_001 (unverified) invites you to group ${short}, 3 members. Type group accept ${short}, or group decline ${short}.`,
      `INFO traveller_agent_001 sent a message to group ${short}`,
      `INFO group ${short} · traveller_agent_001 asked echo: success`,
      `INFO group ${short}: traveller_agent_001 renamed the group`,
      `WARN group ${short}: this agent was removed. What was said stays; it reads nothing more.`,
    ]),
  );
  expect(guide.log.join('\n')).not.toMatch(/Lantern|Beacon|ecret/);
}, 120_000);
