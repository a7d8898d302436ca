import { expect, test, vi } from 'vitest';
import type { Agent } from '../agent/agent.ts';
import { Emitter } from '../agent/contracts/emitter.ts';
import type { GroupAnswerView, GroupView } from '../agent/contracts/group-views.ts';
import type { GroupsApi } from '../agent/contracts/groups-api.ts';
import type { AgentEvent, GroupExchangeView } from '../agent/contracts/views.ts';
import { groupsNotOpen } from '../agent/groups/unavailable.ts';
import { Groups } from './groups.ts';

const groupId = 'ab'.repeat(16);
const view: GroupView = {
  ...{ groupId, kind: 'group', name: 'Harbour', status: 'member', epoch: 1, members: [], isAdmin: true },
  ...{ createdAt: 0, next: 1, unread: 0, latestAt: 0, sendsReceipts: false },
};
const request: GroupExchangeView = {
  ...{
    requestId: 'r1',
    sessionId: '',
    peerId: `#${groupId}`,
    direction: 'outgoing',
    method: 'price',
    parameters: null,
  },
  ...{ at: 0, status: 'pending' },
  group: {
    ...{ groupId, messageId: 'm1', sender: 'self_agent_001', kind: 'request', answers: [], delivery: 'sending' },
    awaiting: ['one_agent_001', 'two_agent_001'],
  },
};
const answerOf = (from: string): GroupAnswerView => ({ from, at: 5, status: 'success', result: `of ${from}` });

/** Groups over an API that a test writes, and what tells their events. */
function groupsOver(api: Partial<GroupsApi>) {
  const events = new Emitter<AgentEvent>();
  const reported = vi.fn();
  const groups: GroupsApi = { ...groupsNotOpen, list: () => [view], ...api };
  const agent = { groups, snapshot: () => ({ groups: groups.list() }) };
  // Everything else of an agent is of no account to its groups.
  const given: Agent = JSON.parse('0', () => agent);
  const opened = new Groups({
    events,
    report: reported,
    ask: async (work) => work(given),
    opened: () => given,
  });
  const tell = (exchange: GroupExchangeView) => events.emit({ type: 'exchange', exchange });
  return { groups: opened, events, tell, reported };
}

function withPart(part: Partial<GroupExchangeView['group']>, more: Partial<GroupExchangeView> = {}): GroupExchangeView {
  return { ...request, ...more, group: { ...request.group, ...part } };
}

/** Returns what a loop over answers is given, and what it throws. */
async function gather(answers: AsyncIterable<{ readonly from: string }>): Promise<readonly unknown[]> {
  const from: unknown[] = [];
  try {
    for await (const answer of answers) from.push(answer.from);
  } catch (error) {
    from.push(error);
  }
  return from;
}

test('answers are given as they come, also those that were told before the request was returned', async () => {
  const { groups, tell } = groupsOver({
    ask: async () => {
      tell(withPart({ answers: [answerOf('one_agent_001')], awaiting: ['two_agent_001'] }));
      return request;
    },
  });
  const group = await groups.open(groupId);
  const answers = group.ask('price');
  expect(await answers.asked).toBe(request);
  const first = await answers[Symbol.asyncIterator]().next();
  expect(first.value).toEqual({ from: 'one_agent_001', at: 5, status: 'success', result: 'of one_agent_001' });
  const gathered = gather(answers);
  const both = [answerOf('one_agent_001'), answerOf('two_agent_001')];
  tell(withPart({ answers: both, awaiting: [] }, { status: 'success' }));
  expect(await gathered).toEqual(['one_agent_001', 'two_agent_001']);
  expect(await gather(answers)).toEqual(['one_agent_001', 'two_agent_001']);
});

test('answers end when the request expires, throw what kept it from being sent, and the reason of the signal', async () => {
  const { groups, tell } = groupsOver({ ask: async () => request });
  const group = await groups.open(groupId);
  const expired = group.ask('price');
  await expired.asked;
  tell(withPart({}, { status: 'failed', error: { code: 'timed_out', detail: 'Nobody answered.' } }));
  expect(await gather(expired)).toEqual([]);
  const lost = group.ask('price');
  await lost.asked;
  tell(withPart({}, { status: 'failed', error: { code: 'unknown_group', detail: 'Removed.' } }));
  expect(await gather(lost)).toMatchObject([{ code: 'unknown_group' }]);
  const stopping = new AbortController();
  const stopped = group.ask('price', null, { signal: stopping.signal });
  const gathered = gather(stopped);
  stopping.abort(new RangeError('Enough.'));
  expect(await gathered).toEqual([new RangeError('Enough.')]);
  const refusing = groupsOver({ ask: groupsNotOpen.ask });
  expect(await gather((await refusing.groups.open(groupId)).ask('price'))).toMatchObject([{ code: 'unavailable' }]);
});

test('a message is sent once the service has it, and says why it never will be', async () => {
  const said = withPart({ kind: 'message' });
  const { groups, tell } = groupsOver({ say: async () => said });
  const group = await groups.open(groupId);
  const sent = group.send('Hello');
  await vi.waitFor(() => tell(withPart({ kind: 'message', delivery: 'stored', index: 7 })));
  expect(await sent).toMatchObject({ group: { delivery: 'stored', index: 7 } });
  const lost = group.send('Hello');
  const failed = expect(lost).rejects.toMatchObject({ code: 'mailbox_full' });
  await Promise.resolve();
  tell({ ...said, status: 'failed', error: { code: 'mailbox_full', detail: 'No room.' } });
  await failed;
  const stopping = new AbortController();
  const waiting = group.send('Hello', { signal: stopping.signal });
  stopping.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('messages are told once each, from the first that came on; not those that are shown apart', async () => {
  const { groups, tell, reported } = groupsOver({});
  const came = (requestId: string, part: Partial<GroupExchangeView['group']> = {}) =>
    tell(
      withPart(
        { kind: 'message', sender: 'one_agent_001', messageId: requestId, ...part },
        { requestId, direction: 'incoming', parameters: requestId, status: 'success' },
      ),
    );
  came('a');
  came('b', { apart: 'not_trusted' });
  const heard: unknown[] = [];
  const stop = groups.onMessage(({ content, from, group }) => heard.push([content, from, group.name]));
  came('a');
  came('c');
  stop();
  came('d');
  expect(heard).toEqual([
    ['a', 'one_agent_001', 'Harbour'],
    ['c', 'one_agent_001', 'Harbour'],
  ]);
  const broken = new TypeError('It broke.');
  groups.onMessage(() => {
    throw broken;
  });
  came('e');
  expect(reported).toHaveBeenCalledWith(broken, { source: 'onMessage', groupId, messageId: 'e' });
});

test('a group hears of itself alone, and its views are the newest', async () => {
  const listed: GroupView[] = [view];
  const { groups, events } = groupsOver({ list: () => listed });
  const group = await groups.open(groupId);
  const heard: string[] = [];
  const stop = group.onEvent((event) => heard.push(event.type));
  events.emit({ type: 'group', group: { ...view, groupId: 'cd'.repeat(16) } });
  events.emit({ type: 'group', group: view });
  events.emit({ type: 'directory' });
  events.emit({ type: 'group_forgotten', groupId });
  stop();
  events.emit({ type: 'group', group: view });
  expect(heard).toEqual(['group', 'group_forgotten']);
  listed[0] = { ...view, name: 'Quay' };
  expect(group.name).toBe('Quay');
  listed.length = 0;
  expect(group.name).toBe('Harbour');
  await expect(groups.open('ef'.repeat(16))).rejects.toMatchObject({ code: 'unknown_group' });
});

test.each<[string, (groups: Groups) => unknown]>([
  ['groups.create needs the option “name”', (groups) => groups.create(given({}))],
  ['name of groups.create has to be a string', (groups) => groups.create(given({ name: 1 }))],
  [
    'invite[1] of groups.create has to be an agent_id',
    (groups) => groups.create(given({ name: 'a', invite: ['b', 2] })),
  ],
  ['Did you mean “invite”?', (groups) => groups.create(given({ name: 'a', invites: [] }))],
  ['agentIds of group.add has to be an array', async (groups) => (await groups.open(groupId)).add(given('one'))],
  ['agentIds[0] of group.remove', async (groups) => (await groups.open(groupId)).remove(given([{}]))],
  ['name of group.rename', async (groups) => (await groups.open(groupId)).rename(given(null))],
  [
    'on of group.setReceipts has to be true or false',
    async (groups) => (await groups.open(groupId)).setReceipts(given(1)),
  ],
  [
    'attachment.bytes of group.send has to be a Uint8Array',
    async (groups) => (await groups.open(groupId)).send('a', given({ attachment: { bytes: 'b' } })),
  ],
  [
    'Did you mean “attachment.mediaType”?',
    async (groups) => (await groups.open(groupId)).send('a', given({ attachment: { mediatype: 'b' } })),
  ],
  ['to[0] of group.ask', async (groups) => (await groups.open(groupId)).ask('a', null, given({ to: [1] }))],
  ['The method of group.ask', async (groups) => (await groups.open(groupId)).ask(given(1))],
  ['A method has 1 to 128 characters', async (groups) => (await groups.open(groupId)).ask('')],
  ['The listener of groups.onMessage', (groups) => groups.onMessage(given('a'))],
])('%s: what a program without types gives is refused', async (words, call) => {
  const { groups } = groupsOver({});
  await expect(Promise.resolve(groups).then(call)).rejects.toMatchObject({
    code: 'invalid_input',
    detail: expect.stringContaining(words),
  });
});

/** Returns a value as a program without types gives it. */
function given<T>(value: unknown): T {
  return JSON.parse('0', () => value);
}
