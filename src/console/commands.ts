import type { Json, SessionView } from '../agent/views.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent, OutputLine, Say } from './agent.ts';
import { findPeer, findSession } from './names.ts';
import { handshakeLines, traceLines } from './trace-lines.ts';

/** What a word of a command may be, for completion. */
type Argument = 'peer' | 'session' | 'text';

/** A command of the console. */
export interface Command {
  readonly name: string;
  /** How it is typed. */
  readonly usage: string;
  readonly help: string;
  readonly arguments: readonly Argument[];
  run(agent: ConsoleAgent, words: readonly string[], say: Say): Promise<void>;
}

const info = (text: string, mark?: OutputLine['mark']) =>
  ({ line: { level: 'INFO', text, ...(mark === undefined ? {} : { mark }) } }) as const;
const out = (text: string) => ({ line: { level: 'OUT', text } }) as const;

const connect: Command = {
  name: 'connect',
  usage: 'connect <peer> [address]',
  help: 'Shakes hands with a peer of the directory. The address, if given, must be the directory’s.',
  arguments: ['peer', 'text'],
  run: async (agent, [word, address], say) => {
    const peer = findPeer(await agent.peers(), required(word, 'a peer', connect));
    if (address !== undefined && address.replace(/\/$/, '') !== peer.address) {
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

function establishedWords({ sessionId, peerId, handshakeMs, keyFingerprint }: SessionView): string {
  const took = handshakeMs === undefined ? '' : ` · ${handshakeMs.toFixed(1)} ms`;
  return `Session established with ${peerId}: ${sessionId.slice(0, 8)}${took} · keys ${keyFingerprint ?? 'unknown'}`;
}

const send: Command = {
  name: 'send',
  usage: 'send <peer> "text"   or   send <peer> <method> <json>',
  help: 'Sends a request over the session with the peer, which is made first when there is none, and shows the answer.',
  arguments: ['peer', 'text', 'text'],
  run: async (agent, [word, first, ...rest], say) => {
    const { agentId: peerId } = findPeer(await agent.peers(), required(word, 'a peer', send));
    const text = required(first, 'what to send', send);
    const request =
      rest.length === 0
        ? { peerId, method: 'send_request', parameters: { query: text } }
        : { peerId, method: text, parameters: readJson(rest.join(' ')) };
    say(info(`Sending ${request.method} to ${peerId} …`));
    const { status, result, error, durationMs } = await agent.send(request);
    const took = durationMs === undefined ? '' : ` in ${durationMs.toFixed(1)} ms`;
    if (status === 'success') {
      say(info(`Message encrypted, signed and answered${took}`, '✓'));
      say(out(JSON.stringify(result ?? null)));
    } else {
      const why = error === undefined ? 'without saying why' : `${error.detail} (${error.code})`;
      say({ line: { level: 'ERROR', mark: '✗', text: `${peerId} answered with an error${took}: ${why}` } });
    }
  },
};

function readJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParleyError(
      'invalid_input',
      `“${text}” is not JSON. Put it in single quotes: send helper echo '{"a": 1}'.`,
    );
  }
}

const sessions: Command = {
  name: 'sessions',
  usage: 'sessions',
  help: 'Lists the sessions of this agent, the newest last.',
  arguments: [],
  run: async (agent, _, say) => {
    const all = agent.sessions();
    if (all.length === 0) {
      say(info('No sessions yet. connect <peer> makes one.'));
      return;
    }
    say({
      table: {
        headings: ['session', 'peer', 'status', 'sent', 'received'],
        rows: all.map(({ sessionId, peerId, status, sent, received }) => [
          sessionId.slice(0, 8),
          peerId,
          status,
          String(sent),
          String(received),
        ]),
      },
    });
  },
};

const status: Command = {
  name: 'status',
  usage: 'status <session>',
  help: 'Tells how a session stands.',
  arguments: ['session'],
  run: async (agent, [word], say) => {
    const session = findSession(agent.sessions(), required(word, 'a session', status));
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
  },
};

const disconnect: Command = {
  name: 'disconnect',
  usage: 'disconnect <peer or session>',
  help: 'Ends a session for both sides and erases its keys.',
  arguments: ['peer'],
  run: async (agent, [word], say) => {
    const session = await openSession(agent, required(word, 'a peer or a session', disconnect));
    await agent.disconnect(session.sessionId);
    say(info(`Session ${session.sessionId.slice(0, 8)} with ${session.peerId} closed, its keys erased`, '✓'));
  },
};

const rekey: Command = {
  name: 'rekey',
  usage: 'rekey <peer or session>',
  help: 'Updates the keys of a session now: whoever stole the old ones cannot read on. It also happens by itself.',
  arguments: ['peer'],
  run: async (agent, [word], say) => {
    const session = await openSession(agent, required(word, 'a peer or a session', rekey));
    const number = await agent.updateKeys(session.sessionId);
    if (number === (session.epoch ?? 0)) {
      say(info(`${session.peerId} has started an update too. Its own stands, and is on its way.`));
      return;
    }
    const begun = agent.trace(session.sessionId).findLast((event) => event.kind === 'epoch' && event.number === number);
    const keys = begun?.kind === 'epoch' ? `, keys ${begun.keyFingerprint}` : '';
    say(info(`Epoch ${number} begun with ${session.peerId}${keys}`, '✓'));
  },
};

/** The open session that a word names, by its first letters or by its peer. */
async function openSession(agent: ConsoleAgent, word: string): Promise<SessionView> {
  const alive = agent.sessions().filter((session) => session.status === 'ESTABLISHED');
  const named = alive.find(({ sessionId }) => word.length >= 4 && sessionId.startsWith(word));
  return named ?? newestWith(agent, alive, word);
}

async function newestWith(agent: ConsoleAgent, alive: readonly SessionView[], word: string): Promise<SessionView> {
  const { agentId } = findPeer(await agent.peers(), word);
  const found = alive.findLast(({ peerId }) => peerId === agentId);
  if (found === undefined)
    throw new ParleyError('unknown_session', `No session with ${agentId} is open. Type sessions to see them.`);
  return found;
}

const peers: Command = {
  name: 'peers',
  usage: 'peers',
  help: 'Lists the other agents of the directory.',
  arguments: [],
  run: async (agent, _, say) => {
    const all = await agent.peers();
    if (all.length === 0) {
      say(info('No other agent has registered yet. Open one in another tab.'));
      return;
    }
    say({
      table: {
        headings: ['agent', 'address', 'state', 'verified'],
        rows: all.map(({ agentId, address, online, status: state, verification }) => [
          agentId,
          address,
          state === 'revoked' ? 'revoked' : online ? 'online' : 'offline',
          verification,
        ]),
      },
    });
  },
};

const whoami: Command = {
  name: 'whoami',
  usage: 'whoami',
  help: 'Tells who this agent is: name, address, certificate.',
  arguments: [],
  run: async (agent, _, say) => {
    const identity = agent.identity();
    say({
      table: {
        headings: ['', agent.agentId],
        rows: [
          ['address', agent.address],
          ...(identity === undefined
            ? [['state', 'not ready']]
            : [
                ['signing certificate', identity.signingFingerprint],
                ['encryption certificate', identity.encryptionFingerprint],
                [
                  'keys',
                  `RSA-${identity.keyBits}, ${agent.keysIn === 'files' ? 'kept in files of this machine' : 'not extractable'}`,
                ],
                ['valid until', new Date(identity.notAfter * 1_000).toISOString()],
                ['pinned CA', identity.caFingerprint],
              ]),
        ],
      },
    });
  },
};

const verify: Command = {
  name: 'verify',
  usage: 'verify <peer> [yes]',
  help: 'Shows the safety number to compare with the peer’s owner. With yes, marks the peer as verified.',
  arguments: ['peer', 'text'],
  run: async (agent, [word, answer], say) => {
    const { agentId } = findPeer(await agent.peers(), required(word, 'a peer', verify));
    const number = await agent.safetyNumber(agentId);
    const groups = number.digits.match(/.{5}/g) ?? [];
    for (let at = 0; at < groups.length; at += 4) say(out(groups.slice(at, at + 4).join(' ')));
    if (answer === 'yes') {
      await agent.markVerified(agentId, number.keyFingerprint);
      say(info(`${agentId} is marked as verified. If its key ever changes, nothing is sent until you decide.`, '✓'));
      return;
    }
    if (answer !== undefined) throw new ParleyError('invalid_input', `“${answer}” is neither nothing nor yes.`);
    const hint = { verified: 'is verified already', unverified: 'is not verified', changed: 'has CHANGED its key' }[
      number.verification
    ];
    say({
      line: {
        level: number.verification === 'changed' ? 'WARN' : 'INFO',
        text: `${agentId} ${hint}. Compare these 60 digits over a call or in person; if they are equal, type verify ${word} yes.`,
      },
    });
  },
};

const trace: Command = {
  name: 'trace',
  usage: 'trace [session]',
  help: 'Shows every step of a session’s handshake; without a session, of the latest.',
  arguments: ['session'],
  run: async (agent, [word], say) => {
    const all = agent.sessions();
    const session = word === undefined ? all.at(-1) : findSession(all, word);
    if (session === undefined) {
      say(info('No sessions yet. connect <peer> makes one.'));
      return;
    }
    const lines = traceLines(agent.trace(session.sessionId));
    if (lines.length === 0) say(info(`Nothing is recorded of session ${session.sessionId.slice(0, 8)} any more.`));
    for (const line of lines) say({ line });
  },
};

const clear: Command = {
  name: 'clear',
  usage: 'clear',
  help: 'Empties this console. Sessions and conversations stay.',
  arguments: [],
  run: async (_agent, _words, say) => say({ clear: true }),
};

const help: Command = {
  name: 'help',
  usage: 'help [command]',
  help: 'Lists the commands, or explains one.',
  arguments: [],
  run: async (_agent, [word], say) => {
    const named = word === undefined ? undefined : commandNamed(word);
    if (named !== undefined) {
      say(out(named.usage));
      say(out(named.help));
      return;
    }
    say({
      table: { headings: ['command', 'what it does'], rows: commands.map((command) => [command.usage, command.help]) },
    });
  },
};

/** Every command, as `help` lists them. */
export const commands: readonly Command[] = [
  connect,
  send,
  sessions,
  status,
  rekey,
  disconnect,
  peers,
  whoami,
  verify,
  trace,
  clear,
  help,
];

/** The command of a name; `invalid_input`, with the nearest name, when there is none. */
export function commandNamed(name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const near = commands.find((command) => command.name.startsWith(name) || distance(command.name, name) <= 2);
  throw new ParleyError(
    'invalid_input',
    `There is no command “${name}”.${near === undefined ? '' : ` Did you mean ${near.name}?`} Type help to see them all.`,
  );
}

/** Edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, x] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, y] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (x === y ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function required(word: string | undefined, what: string, { usage }: Command): string {
  if (word === undefined || word === '') throw new ParleyError('invalid_input', `This needs ${what}: ${usage}`);
  return word;
}
