import { groupOfConversation } from '../agent/contracts/group-views.ts';
import type { ConsoleAgent } from './agent.ts';
import { type Command, info, required, table } from './command.ts';
import { exchangeLines } from './exchange-lines.ts';
import { findPeer } from './names.ts';
import { sayStored } from './stored-exchanges.ts';

/** Exchanges that a search shows. */
const usual = 20;

/** Shows stored conversations. */
export const history: Command = {
  name: 'history',
  usage: 'history [peer] [count]',
  help: 'Lists the stored conversations; with a peer, shows the newest 20 exchanges with it, or as many as you say.',
  arguments: ['peer', 'text'],
  run: async (agent, [word, count], say) => {
    const kept = await agent.histories();
    if (word === undefined) {
      const rows = kept.map(({ peerId, exchanges, bytes, oldestAt }) => [
        conversationName(agent, peerId),
        String(exchanges),
        String(bytes),
        oldestAt === undefined ? '' : new Date(oldestAt).toISOString(),
      ]);
      const none = 'Nothing is stored yet. send <peer> "text" begins a conversation.';
      return say(table(['peer', 'exchanges', 'bytes', 'since'], rows, none));
    }
    // A conversation stays when its peer has left the directory.
    const peerId = kept.some((each) => each.peerId === word) ? word : (await findPeer(agent, word)).agentId;
    const none = `Nothing is stored of a conversation with ${peerId}.`;
    await sayStored(agent, say, { conversation: peerId, count, none, typed: `history ${word}` }, history);
  },
};

/** Finds exchanges by words. */
export const search: Command = {
  name: 'search',
  usage: 'search <words>',
  help: 'Finds stored exchanges that have all these words; the last may be the beginning of one.',
  arguments: ['text'],
  run: async (agent, words, say) => {
    const text = required(words.join(' '), 'a word', search);
    const { total, exchanges } = await agent.search({ text, count: usual });
    for (const exchange of exchanges.toReversed()) {
      for (const line of exchangeLines(exchange, agent.agentId)) say({ line });
    }
    const shown = exchanges.length < total ? `, the newest ${exchanges.length} are shown` : '';
    say(info(total === 0 ? `No stored exchange has “${text}”.` : `${total} found${shown}`));
  },
};

/** Returns what a conversation is listed as: its peer, or the name and id of its group. */
function conversationName(agent: ConsoleAgent, conversation: string): string {
  const groupId = groupOfConversation(conversation);
  if (groupId === undefined) return conversation;
  const group = agent.groups().find((each) => each.groupId === groupId);
  return group === undefined ? conversation : `${group.name} (group ${groupId.slice(0, 8)})`;
}
