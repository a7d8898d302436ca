import type { SessionView } from '../agent/contracts/views.ts';
import type { ConsoleAgent, Say } from './agent.ts';
import { type Command, info } from './command.ts';
import { findPeer, findSession } from './names.ts';

/** Shows this agent, a peer or a session. */
export const status: Command = {
  name: 'status',
  usage: 'status [peer or session]',
  help: 'Shows the state of a peer with its sessions, or of one session; without a name, of this agent.',
  arguments: ['peer or session'],
  run: async (agent, [word], say) => {
    if (word === undefined) return ownStatus(agent, say);
    const isSession = word.length >= 4 && agent.sessions().some(({ sessionId }) => sessionId.startsWith(word));
    if (isSession) sessionStatus(findSession(agent.sessions(), word), say);
    else await peerStatus(agent, word, say);
  },
};

function ownStatus(agent: ConsoleAgent, say: Say): void {
  const sessions = agent.sessions();
  const identity = agent.identity();
  const held = agent.exchanges().filter((exchange) => exchange.status === 'held');
  say({
    table: {
      headings: ['', agent.agentId],
      rows: [
        ['state', identity === undefined ? 'not ready' : 'ready'],
        ['address', agent.address],
        ['answers', agent.answering() === 'person' ? 'you answer' : 'by itself'],
        ['waiting for you', String(held.length)],
        ['open sessions', String(sessions.filter((session) => session.status === 'ESTABLISHED').length)],
        ...(identity === undefined ? [] : [['certificate until', new Date(identity.notAfter * 1_000).toISOString()]]),
      ],
    },
  });
}

async function peerStatus(agent: ConsoleAgent, word: string, say: Say): Promise<void> {
  const peer = await findPeer(agent, word).catch((cause: unknown) => {
    // Hexadecimal digits that are no peer's name were meant as a session.
    if (/^[0-9a-f]{4,32}$/.test(word)) findSession(agent.sessions(), word);
    throw cause;
  });
  const sessions = agent.sessions().filter(({ peerId }) => peerId === peer.agentId);
  const open = sessions.findLast((session) => session.status === 'ESTABLISHED');
  say({
    table: {
      headings: ['', peer.agentId],
      rows: [
        ['state', peer.status === 'revoked' ? 'revoked' : peer.online ? 'online' : 'offline'],
        ['address', peer.address],
        ['verified', peer.verification],
        ['certificate', peer.signingFingerprint],
        ['sessions', String(sessions.length)],
      ],
    },
  });
  if (open !== undefined) sessionStatus(open, say);
  else if (peer.status === 'active') say(info(`No session is open. connect ${word} opens one; send does, too.`));
}

function sessionStatus(session: SessionView, say: Say): void {
  const { sessionId, peerId, peerAddress, role, createdAt, expiresAt, keyFingerprint, failure } = session;
  const rows = [
    ['session', sessionId],
    ['peer', `${peerId} at ${peerAddress}`],
    ['this side', role],
    ['status', session.status],
    ['created', new Date(createdAt * 1_000).toISOString()],
    ['expires', new Date(expiresAt * 1_000).toISOString()],
    ['keys', keyFingerprint ?? 'none'],
    ['epoch', String(session.epoch ?? 0)],
    ...(failure === undefined ? [] : [['failure', `${failure.detail} (${failure.code})`]]),
  ];
  say({ table: { headings: ['', session.status], rows } });
}
