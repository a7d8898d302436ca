import { createInterface, type Interface } from 'node:readline';
import type { ConsoleAgent } from '../console/agent.ts';
import { complete } from '../console/complete.ts';
import { peersThatBegin } from '../console/names.ts';
import { isUrgent, runLine } from '../console/run.ts';
import type { Screen, Terminal } from './screen.ts';

/** The lines of earlier runs, the newest first, and where those of this run go. */
export interface LineMemory {
  readonly lines: readonly string[];
  /** Stores the lines, the newest first; never rejects. */
  store(lines: readonly string[]): Promise<void>;
}

/**
 * Runs the console of the page in a shell until its input ends, `quit`, or `stop`. An input without a line, such as `/dev/null`, ends
 * nothing. One line runs after the other; at a terminal, `stop` runs at once. Ctrl-C empties the line; on an empty one it stops what the
 * command that runs has asked for, and twice it ends the console.
 */
export async function runRepl(
  agent: ConsoleAgent,
  terminal: Terminal,
  screen: Screen,
  memory: LineMemory,
  stop: AbortSignal,
): Promise<void> {
  const { input, output, isInteractive } = terminal;
  const lines = createInterface({
    input,
    output,
    terminal: isInteractive,
    prompt: isInteractive ? `${agent.agentId}> ` : '',
    history: [...memory.lines],
    historySize: isInteractive ? 500 : 0,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      void completions(agent, line).then((found) => done(null, [found, line]));
    },
  });
  // A console that still reads would keep the process alive.
  const close = () => lines.close();
  stop.addEventListener('abort', close);
  const run = (line: string) => runLine(agent, line, (said) => screen.show(said));
  let isAtWork = false;
  const interrupted = secondInterrupt(lines, screen, () => void (isAtWork && run('stop')));
  /** Lines that were run while another one did. */
  const urgent: string[] = [];
  lines.on('line', (line: string) => {
    if (!isInteractive || !isAtWork || !isUrgent(line)) return;
    urgent.push(line);
    void run(line);
  });
  let isOpen = !stop.aborted;
  lines.once('close', () => {
    isOpen = false;
    screen.waitAt(undefined);
  });
  const wait = () => {
    screen.waitAt(lines);
    lines.prompt();
  };
  let typed = memory.lines;
  lines.on('history', (all: string[]) => {
    typed = [...all];
  });
  if (isOpen) wait();
  else close();
  let heard = 0;
  for await (const line of lines) {
    heard += 1;
    screen.waitAt(undefined);
    if (stop.aborted || ['quit', 'exit'].includes(line.trim())) break;
    const wasRun = urgent[0] === line;
    if (wasRun) urgent.shift();
    isAtWork = !wasRun;
    if (isAtWork) await Promise.race([run(line), interrupted]);
    isAtWork = false;
    if (isInteractive) await memory.store(typed);
    if (isOpen) wait();
  }
  lines.close();
  // Nobody types into a service: an input that is empty from the start ends nothing.
  if (!isInteractive && heard === 0) await untilAborted(stop);
}

/** Resolves when `stop` aborts; keeps the process alive until then. */
export function untilAborted(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) {
      resolve();
      return;
    }
    const alive = setInterval(() => undefined, 2 ** 30);
    stop.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

/**
 * Lets Ctrl-C empty a line that has something. The first one on an empty line calls `first`, the second one in a row ends the console and
 * resolves.
 */
function secondInterrupt(lines: Interface, screen: Screen, first: () => void): Promise<void> {
  let isAsked = false;
  lines.on('line', () => {
    isAsked = false;
  });
  return new Promise((resolve) => {
    lines.on('SIGINT', () => {
      if (lines.line !== '') {
        isAsked = false;
        lines.write(null, { ctrl: true, name: 'e' });
        lines.write(null, { ctrl: true, name: 'u' });
      } else if (isAsked) {
        lines.close();
        resolve();
      } else {
        isAsked = true;
        first();
        screen.tell('INFO', 'Press Ctrl-C again, or type quit, to stop this agent.');
      }
    });
  });
}

async function completions(agent: ConsoleAgent, line: string): Promise<string[]> {
  const beginning = line.split(/\s+/).at(-1) ?? '';
  const found = beginning === '' ? agent.peers() : peersThatBegin(agent, beginning);
  const peers = (await found.catch(() => [])).map(({ agentId }) => agentId);
  const sessions = agent.sessions().map(({ sessionId }) => sessionId);
  const { line: whole, candidates } = complete(line, {
    peers,
    sessions,
    groups: agent.groups(),
    invitations: agent.invitations(),
  });
  if (candidates.length === 0) return whole === line ? [] : [whole];
  const before = line.slice(0, line.length - (line.split(/\s+/).at(-1) ?? '').length);
  return candidates.map((candidate) => before + candidate);
}
