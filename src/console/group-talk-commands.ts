import { conversationOf } from '../agent/contracts/group-views.ts';
import { exchangeKey, type GroupExchangeView } from '../agent/contracts/views.ts';
import type { ConsoleAgent } from './agent.ts';
import { type Command, info, required } from './command.ts';
import { findGroup } from './group-names.ts';
import { answerLine, groupExchangeLines } from './group-words.ts';
import { countOf } from './shown-count.ts';
import { textRequest } from './text-request.ts';
import { readTypedJson } from './typed-json.ts';

/** Milliseconds that the line waits for answers; later ones are shown when they come. */
const answersAwaitedMs = 20_000;

/** Says something to everybody in a group. */
export const send: Command = {
  name: 'send',
  usage: 'group send <group> "text"',
  help: 'Says something to everybody in a group. Nobody answers; group ask asks.',
  arguments: ['group', 'text'],
  run: async (agent, [word, ...said], say) => {
    const { groupId, name } = findGroup(agent.groups(), required(word, 'a group', send));
    const content = required(said.join(' '), 'what to send', send);
    const sent = await agent.sendToGroup({ groupId, content });
    const { awaited, isOver } = await follow(agent, sent, ({ group, status }) => isStored(group.delivery, status));
    if (isOver && awaited.status === 'failed')
      return say({ line: { level: 'ERROR', mark: '✗', text: failureOf(awaited) } });
    say(isOver ? info(`“${name}” has it.`, '✓') : info('Stored here. It goes out when the delivery service answers.'));
  },
};

/** Asks all members of a group. */
export const ask: Command = {
  name: 'ask',
  usage: 'group ask <group> "text"   or   group ask <group> <method> <json>',
  help: 'Asks every member of a group, and shows the answers as they come. Who is away answers when it is back.',
  arguments: ['group', 'text', 'text'],
  run: async (agent, [word, first, ...rest], say) => {
    const { groupId, name } = findGroup(agent.groups(), required(word, 'a group', ask));
    const text = required(first, 'what to ask', ask);
    const request =
      rest.length === 0
        ? textRequest(text)
        : {
            method: text,
            parameters: readTypedJson(rest.join(' '), `Put it in single quotes: group ask team echo '{"a": 1}'.`),
          };
    const asked = await agent.askGroup({ groupId, ...request });
    say(info(`Asked in “${name}”: ${asked.group.awaiting.join(', ')}`));
    let told = 0;
    const { awaited } = await follow(agent, asked, ({ group, status }) => {
      for (const answer of group.answers.slice(told)) say({ line: answerLine(answer) });
      told = group.answers.length;
      return group.awaiting.length === 0 || status !== 'pending';
    });
    const { awaiting } = awaited.group;
    if (awaited.status === 'failed') say({ line: { level: 'ERROR', mark: '✗', text: failureOf(awaited) } });
    else if (awaiting.length === 0) say(info('All have answered.', '✓'));
    else say(info(`No answer yet: ${awaiting.join(', ')}. group read ${word} shows later answers.`));
  },
};

/** Shows what was said in a group. */
export const read: Command = {
  name: 'read',
  usage: 'group read <group> [count]',
  help: 'Shows what was said in a group, the newest 20 messages or as many as you say, and marks all as read.',
  arguments: ['group', 'text'],
  run: async (agent, [word, count], say) => {
    const { groupId, name } = findGroup(agent.groups(), required(word, 'a group', read));
    const page = await agent.history(conversationOf(groupId), undefined, countOf(count, read.usage));
    if (page.exchanges.length === 0) return say(info(`Nothing was said in “${name}” yet.`));
    for (const { group, ...exchange } of page.exchanges) {
      if (group !== undefined) for (const line of groupExchangeLines({ ...exchange, group })) say({ line });
    }
    await agent.markGroupRead(groupId);
  },
};

function isStored(delivery: GroupExchangeView['group']['delivery'], status: GroupExchangeView['status']): boolean {
  return delivery !== 'sending' || status === 'failed';
}

function failureOf({ error }: GroupExchangeView): string {
  return error === undefined ? 'It was not sent.' : `${error.detail} (${error.code})`;
}

/** Follows an exchange until it is over, or for as long as a line waits; gives it as it is then. */
function follow(
  agent: ConsoleAgent,
  exchange: GroupExchangeView,
  look: (exchange: GroupExchangeView) => boolean,
): Promise<{ readonly awaited: GroupExchangeView; readonly isOver: boolean }> {
  const key = exchangeKey(exchange);
  return new Promise((resolve) => {
    let awaited = exchange;
    const end = (isOver: boolean) => {
      unfollow();
      clearTimeout(timer);
      resolve({ awaited, isOver });
    };
    const changed = () => {
      const found = agent.exchanges().find((each) => exchangeKey(each) === key);
      if (found?.group !== undefined) awaited = { ...found, group: found.group };
      if (look(awaited)) end(true);
    };
    const timer = setTimeout(() => end(false), answersAwaitedMs);
    const unfollow = agent.onChange(changed);
    changed();
  });
}
