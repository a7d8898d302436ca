import type { SessionView } from '../agent/contracts/views.ts';
import { withoutTrailingSlash } from '../http/base-url.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent } from './agent.ts';
import { type Command, info, required, table } from './command.ts';
import { findPeer } from './names.ts';
import { handshakeLines } from './trace-lines.ts';

/** Makes a session. */
export const connect: Command = {
  name: 'connect',
  usage: 'connect <peer> [address]',
  help: 'Opens a session with a peer of the directory. The address, if given, must be the directory’s.',
  arguments: ['peer', 'text'],
  run: async (agent, [word, address], say) => {
    const peer = await findPeer(agent, required(word, 'a peer', connect));
    if (address !== undefined && withoutTrailingSlash(address) !== peer.address) {
      throw new ParleyError(
        'invalid_input',
        `The directory has ${peer.agentId} at ${peer.address}, not at ${address}. Connect without an address, or ask its owner.`,
      );
    }
    say(info(`Connecting to ${peer.agentId} at ${peer.address} …`));
    const session = await agent.connect(peer.agentId);
    for (const line of handshakeLines(agent.trace(session.sessionId))) say({ line });
    say(info(establishedWords(session), '✓'));
  },
};

function establishedWords({ sessionId, peerId, resumes, handshakeMs, keyFingerprint }: SessionView): string {
  const began = resumes === undefined ? 'established' : `resumed from ${resumes.slice(0, 8)}`;
  const took = handshakeMs === undefined ? '' : ` · ${handshakeMs.toFixed(1)} ms`;
  return `Session ${began} with ${peerId}: ${sessionId.slice(0, 8)}${took} · keys ${keyFingerprint ?? 'unknown'}`;
}

/** Lists the sessions. */
export const sessions: Command = {
  name: 'sessions',
  usage: 'sessions',
  help: 'Lists the sessions of this agent, the newest last.',
  arguments: [],
  run: async (agent, _, say) => {
    const rows = agent
      .sessions()
      .map(({ sessionId, peerId, status, sent, received }) => [
        sessionId.slice(0, 8),
        peerId,
        status,
        String(sent),
        String(received),
      ]);
    const none = 'No sessions yet. connect <peer> makes one.';
    say(table(['session', 'peer', 'status', 'sent', 'received'], rows, none));
  },
};

/** Ends a session. */
export const disconnect: Command = {
  name: 'disconnect',
  usage: 'disconnect <peer or session>',
  help: 'Ends a session for both sides and erases its keys.',
  arguments: ['peer or session'],
  run: async (agent, [word], say) => {
    const session = await openSession(agent, required(word, 'a peer or a session', disconnect));
    await agent.disconnect(session.sessionId);
    say(info(`Session ${session.sessionId.slice(0, 8)} with ${session.peerId} closed, its keys erased`, '✓'));
  },
};

/** Begins the next epoch of a session. */
export const rekey: Command = {
  name: 'rekey',
  usage: 'rekey <peer or session>',
  help: 'Updates the keys of a session now: whoever stole the old keys cannot read new messages. It also happens automatically.',
  arguments: ['peer or session'],
  run: async (agent, [word], say) => {
    const session = await openSession(agent, required(word, 'a peer or a session', rekey));
    const number = await agent.updateKeys(session.sessionId);
    if (number === (session.epoch ?? 0)) {
      say(info(`${session.peerId} has started an update too. Its update wins and is under way.`));
      return;
    }
    const begun = agent.trace(session.sessionId).findLast((event) => event.kind === 'epoch' && event.number === number);
    const keys = begun?.kind === 'epoch' ? `, keys ${begun.keyFingerprint}` : '';
    say(info(`Epoch ${number} begun with ${session.peerId}${keys}`, '✓'));
  },
};

/** Returns the open session that a word names, by its first letters or by its peer. */
async function openSession(agent: ConsoleAgent, word: string): Promise<SessionView> {
  const alive = agent.sessions().filter((session) => session.status === 'ESTABLISHED');
  const named = alive.find(({ sessionId }) => word.length >= 4 && sessionId.startsWith(word));
  return named ?? newestWith(agent, alive, word);
}

async function newestWith(agent: ConsoleAgent, alive: readonly SessionView[], word: string): Promise<SessionView> {
  const { agentId } = await findPeer(agent, word);
  const found = alive.findLast(({ peerId }) => peerId === agentId);
  if (found === undefined)
    throw new ParleyError('unknown_session', `No session with ${agentId} is open. Type sessions to see them.`);
  return found;
}
