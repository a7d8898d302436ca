import type { ExchangeView, PersonAnswer } from '../agent/contracts/views.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent } from './agent.ts';
import { type Command, info, required, table } from './command.ts';
import { findPeer } from './names.ts';
import { requestWords } from './said.ts';
import { readTypedJson } from './typed-json.ts';

/** Lists the requests that wait for a person. */
export const requests: Command = {
  name: 'requests',
  usage: 'requests',
  help: 'Lists the requests that wait for your answer, the oldest first.',
  arguments: [],
  run: async (agent, _, say) => {
    const rows = heldRequests(agent).map((request) => [
      askerOf(request),
      requestWords(request),
      request.answerBy === undefined ? '' : new Date(request.answerBy).toISOString(),
    ]);
    const mode = agent.answering() === 'person' ? '' : ' This agent answers by itself: answering me changes that.';
    say(table(['peer', 'asks', 'until'], rows, `No request waits for your answer.${mode}`));
  },
};

/** Answers a waiting request. */
export const answer: Command = {
  name: 'answer',
  usage: 'answer <peer> "text"   or   answer <peer> json <json>',
  help: 'Answers the oldest waiting request of the peer, with a text or with JSON.',
  arguments: ['peer', 'text', 'text'],
  run: async (agent, [word, first, ...rest], say) => {
    const request = await oldestOf(agent, required(word, 'a peer', answer));
    const text = required(first, 'an answer', answer);
    const result =
      text === 'json' && rest.length > 0
        ? readTypedJson(rest.join(' '), `Put it in single quotes: answer helper json '{"a": 1}'.`)
        : { response: [text, ...rest].join(' ') };
    await give(agent, request, { status: 'SUCCESS', result });
    say(info(`${askerOf(request)} has your answer to ${requestWords(request)}`, '✓'));
  },
};

/** Refuses a waiting request. */
export const refuse: Command = {
  name: 'refuse',
  usage: 'refuse <peer> "why"',
  help: 'Answers the oldest waiting request of the peer with an error.',
  arguments: ['peer', 'text'],
  run: async (agent, [word, ...why], say) => {
    const request = await oldestOf(agent, required(word, 'a peer', refuse));
    await give(agent, request, { status: 'ERROR', detail: required(why.join(' '), 'a reason', refuse) });
    say(info(`${askerOf(request)} is told why ${requestWords(request)} is refused`, '✓'));
  },
};

/** Ends a request, or an answer that is still coming. */
export const stop: Command = {
  name: 'stop',
  usage: 'stop [peer]',
  help: 'Ends your newest request that waits or whose answer still comes, to the peer or to any. Runs at once, also while send waits.',
  arguments: ['peer'],
  run: async (agent, [word], say) => {
    const peerId = word === undefined ? undefined : (await findPeer(agent, word)).agentId;
    const mine = agent
      .exchanges()
      .filter((exchange) => isUnderWay(exchange) && (peerId ?? exchange.peerId) === exchange.peerId);
    const newest = mine.at(-1);
    if (newest === undefined) {
      say(info(`No request${peerId === undefined ? '' : ` to ${peerId}`} is under way.`));
      return;
    }
    await agent.cancel(newest.peerId, newest.requestId);
    say(info(`Stopped: ${requestWords(newest)} to ${newest.peerId}`, '✓'));
  },
};

/** True for a request of this agent that waits, or whose answer is still coming. */
function isUnderWay({ direction, status, waiting, group, answer }: ExchangeView): boolean {
  if (direction !== 'outgoing' || group !== undefined) return false;
  return answer?.state === 'open' || (status === 'pending' && waiting !== undefined);
}

/** Shows or changes who answers. */
export const answering: Command = {
  name: 'answering',
  usage: 'answering [me|itself]',
  help: 'Shows who answers requests. With me, they wait for answer; with itself, the agent’s handlers answer at once.',
  arguments: ['text'],
  run: async (agent, [word], say) => {
    if (word === 'me') await agent.setAnswering('person');
    else if (word === 'itself') await agent.setAnswering('handlers');
    else if (word !== undefined) {
      throw new ParleyError('invalid_input', `“${word}” cannot answer. Type answering me, or answering itself.`);
    }
    const isPerson = word === undefined ? agent.answering() === 'person' : word === 'me';
    say(info(isPerson ? 'You answer: requests wait. Type answer <peer> "text".' : 'This agent answers by itself.'));
  },
};

function heldRequests(agent: ConsoleAgent): readonly ExchangeView[] {
  return agent.exchanges().filter(({ status, direction }) => status === 'held' && direction === 'incoming');
}

/** Returns who asks: of a request to a group, the member. */
function askerOf({ peerId, group }: ExchangeView): string {
  return group?.sender ?? peerId;
}

async function oldestOf(agent: ConsoleAgent, word: string): Promise<ExchangeView> {
  const held = heldRequests(agent);
  const exact = held.find((request) => askerOf(request) === word);
  if (exact !== undefined) return exact;
  const { agentId } = await findPeer(agent, word);
  const found = held.find((request) => askerOf(request) === agentId);
  if (found === undefined) {
    throw new ParleyError(
      'invalid_input',
      `No request of ${agentId} waits for your answer. Type requests to see them.`,
    );
  }
  return found;
}

function give(agent: ConsoleAgent, { peerId, requestId }: ExchangeView, given: PersonAnswer): Promise<void> {
  return agent.answer(peerId, requestId, given);
}
