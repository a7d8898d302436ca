import type { ExchangeView } from '../agent/contracts/views.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent, OutputLine, Say } from './agent.ts';
import { answerBytesWords } from './answer-words.ts';
import { audit } from './audit-command.ts';
import { type Command, commandIn, info, out, required, table } from './command.ts';
import { untilAnswerEnds } from './follow-answer.ts';
import { group } from './group-commands.ts';
import { history, search } from './history-commands.ts';
import { findPeer, findSession } from './names.ts';
import { answer, answering, refuse, requests, stop } from './request-commands.ts';
import { answerWords } from './said.ts';
import { connect, disconnect, rekey, sessions } from './session-commands.ts';
import { status } from './status-command.ts';
import { typedRequest } from './text-request.ts';
import { traceLines } from './trace-lines.ts';

const send: Command = {
  name: 'send',
  usage: 'send <peer> "text"   or   send <peer> <method> <json>',
  help: 'Sends a request to the peer and shows the answer. Opens a session first if there is none.',
  arguments: ['peer', 'text', 'text'],
  run: async (agent, [word, first, ...rest], say) => {
    const { agentId: peerId } = await findPeer(agent, required(word, 'a peer', send));
    const text = required(first, 'what to send', send);
    const request = typedRequest(text, rest, 'send helper');
    say(info(`Sending ${request.method} to ${peerId} …`));
    const answered = await agent.send({ ...request, peerId });
    const { status, result = null, error, durationMs } = answered;
    const took = durationMs === undefined ? '' : ` in ${durationMs.toFixed(1)} ms`;
    if (status === 'success') {
      say(info(`Message encrypted, signed and answered${took}`, '✓'));
      if (answered.answer === undefined || result !== null) say(out(answerWords(result)));
      if (answered.answer !== undefined) say({ line: await answerTold(agent, answered, say) });
    } else {
      const why = error === undefined ? 'without saying why' : `${error.detail} (${error.code})`;
      say({ line: { level: 'ERROR', mark: '✗', text: `${peerId} answered with an error${took}: ${why}` } });
    }
  },
};

/** Tells an answer as it comes; returns the line that says what became of it. */
async function answerTold(agent: ConsoleAgent, answered: ExchangeView, say: Say): Promise<OutputLine> {
  const { answer } = await untilAnswerEnds(agent, answered, (line) => say(out(line)));
  const text = answer === undefined ? 'This exchange was deleted.' : answerBytesWords(answer);
  return answer?.state === 'whole' ? { level: 'INFO', mark: '✓', text } : { level: 'WARN', text };
}

const peersShown = 100;

const peers: Command = {
  name: 'peers',
  usage: 'peers [after]',
  help: 'Lists the other agents of the directory, 100 at a time, after the given agent_id.',
  arguments: ['peer'],
  run: async (agent, [after], say) => {
    const page = await agent.peers({ limit: peersShown, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) {
      const none = 'No other agent has registered yet. Open one in another tab.';
      say(info(after === undefined ? none : `No agent comes after ${after}.`));
      return;
    }
    say({
      table: {
        headings: ['agent', 'address', 'state', 'verified'],
        rows: page.map(({ agentId, address, online, status: state, verification }) => [
          agentId,
          address,
          state === 'revoked' ? 'revoked' : online ? 'online' : 'offline',
          verification,
        ]),
      },
    });
    const last = page.at(-1);
    if (page.length === peersShown && last !== undefined) say(info(`There may be more: peers ${last.agentId}`));
  },
};

const whoami: Command = {
  name: 'whoami',
  usage: 'whoami',
  help: 'Shows this agent: name, address, certificate.',
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
                  `RSA-${identity.keyBits}, ${agent.keysIn === 'files' ? 'stored in files of this machine' : 'not extractable'}`,
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
    const { agentId } = await findPeer(agent, required(word, 'a peer', verify));
    const number = await agent.safetyNumber(agentId);
    const groups = number.digits.match(/.{5}/g) ?? [];
    for (let at = 0; at < groups.length; at += 4) say(out(groups.slice(at, at + 4).join(' ')));
    if (answer === 'yes') {
      await agent.markVerified(agentId, number.keyFingerprint);
      say(info(`${agentId} is marked as verified. If its key ever changes, nothing is sent until you decide.`, '✓'));
      return;
    }
    if (answer !== undefined)
      throw new ParleyError(
        'invalid_input',
        `“${answer}” is not an option of verify. After the peer, type yes or nothing.`,
      );
    if (number.verification === 'verified') {
      say(info(`${agentId} is verified: you have compared these 60 digits.`, '✓'));
      return;
    }
    const hint = { unverified: 'is not verified', changed: 'has CHANGED its key' }[number.verification];
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
  help: 'Shows every step of a session’s handshake; without a session, of the newest.',
  arguments: ['session'],
  run: async (agent, [word], say) => {
    const all = agent.sessions();
    const session = word === undefined ? all.at(-1) : findSession(all, word);
    if (session === undefined) {
      say(info('No sessions yet. connect <peer> makes one.'));
      return;
    }
    const lines = traceLines(agent.trace(session.sessionId));
    if (lines.length === 0) say(info(`The steps of session ${session.sessionId.slice(0, 8)} are no longer in memory.`));
    for (const line of lines) say({ line });
  },
};

const clear: Command = {
  name: 'clear',
  usage: 'clear',
  help: 'Clears this console. Sessions and conversations stay.',
  arguments: [],
  run: async (_agent, _words, say) => say({ clear: true }),
};

const help: Command = {
  name: 'help',
  usage: 'help [command]',
  help: 'Lists the commands, or explains one.',
  arguments: [],
  run: async (_agent, [word, inner], say) => {
    if (word === undefined) return say(tableOf(commands));
    const outer = commandNamed(word);
    const named = outer.inside === undefined || inner === undefined ? outer : commandIn(outer.inside, inner, outer);
    say(out(named.usage));
    say(out(named.help));
    if (named.inside !== undefined) say(tableOf(named.inside));
  },
};

function tableOf(all: readonly Command[]) {
  return table(
    ['command', 'what it does'],
    all.map((each) => [each.usage, each.help]),
  );
}

/** Every command, as `help` lists them. */
export const commands: readonly Command[] = [
  connect,
  send,
  stop,
  requests,
  answer,
  refuse,
  answering,
  group,
  history,
  search,
  sessions,
  status,
  rekey,
  disconnect,
  peers,
  whoami,
  verify,
  audit,
  trace,
  clear,
  help,
];

/** Returns the command of a name. Throws `invalid_input`, with the nearest name, when there is none. */
export function commandNamed(name: string): Command {
  return commandIn(commands, name);
}
