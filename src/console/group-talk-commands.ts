import { conversationOf } from '../agent/contracts/group-views.ts';
import type { GroupExchangeView } from '../agent/contracts/views.ts';
import type { Output } from './agent.ts';
import { info, required } from './command.ts';
import { untilAnswered, untilStored } from './follow-exchange.ts';
import { aboutGroup } from './group-command.ts';
import { answerLine } from './group-words.ts';
import { sayStored } from './stored-exchanges.ts';
import { typedRequest } from './text-request.ts';

/** Says something to everybody in a group. */
export const send = aboutGroup({
  name: 'send',
  more: '"text"',
  help: 'Says something to everybody in a group. Nobody answers; group ask asks.',
  arguments: ['text'],
  run: async ({ agent, group: { groupId, name }, words, say, command }) => {
    const content = required(words.join(' '), 'what to send', command);
    const { exchange, isOver } = await untilStored(agent, await agent.sendToGroup({ groupId, content }));
    if (exchange.status === 'failed') say(failure(exchange));
    else if (isOver) say(info(`“${name}” has it.`, '✓'));
    else say(info('Stored here. It goes out when the delivery service answers.'));
  },
});

/** Asks all members of a group. */
export const ask = aboutGroup({
  name: 'ask',
  more: '"text"   or   group ask <group> <method> <json>',
  help: 'Asks every member of a group, and shows the answers as they come. Who is away answers when it is back.',
  arguments: ['text', 'text'],
  run: async ({ agent, group: { groupId, name }, words: [first, ...rest], say, command }) => {
    const request = typedRequest(required(first, 'what to ask', command), rest, 'group ask team');
    const asked = await agent.askGroup({ groupId, ...request });
    say(info(`Asked in “${name}”: ${asked.group.awaiting.join(', ')}`));
    const { exchange } = await untilAnswered(agent, asked, (answer) => say({ line: answerLine(answer) }));
    const { awaiting } = exchange.group;
    if (exchange.status === 'failed') say(failure(exchange));
    else if (awaiting.length === 0) say(info('All have answered.', '✓'));
    else say(info(`No answer yet: ${awaiting.join(', ')}. group read ${groupId.slice(0, 8)} shows later answers.`));
  },
});

/** Shows what was said in a group. */
export const read = aboutGroup({
  name: 'read',
  more: '[count]',
  help: 'Shows what was said in a group, the newest 20 messages or as many as you say, and marks all as read.',
  arguments: ['text'],
  run: async ({ agent, group: { groupId, name }, words: [count], say, command }) => {
    const shown = { conversation: conversationOf(groupId), none: `Nothing was said in “${name}” yet.` };
    await sayStored(agent, say, { ...shown, count, typed: `group read ${groupId.slice(0, 8)}` }, command);
    await agent.markGroupRead(groupId);
  },
});

function failure({ error }: GroupExchangeView): Output {
  const text = error === undefined ? 'It was not sent.' : `${error.detail} (${error.code})`;
  return { line: { level: 'ERROR', mark: '✗', text } };
}
