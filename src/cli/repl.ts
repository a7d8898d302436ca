import { createInterface } from 'node:readline';
import type { ConsoleAgent, Output, OutputTable } from '../console/agent.ts';
import { complete } from '../console/complete.ts';
import { peersThatBegin } from '../console/names.ts';
import { runLine } from '../console/run.ts';
import { visibleLine } from '../console/visible-text.ts';

/** Where a console reads and writes. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** True for a person at a terminal: a prompt, colours and completion. */
  readonly isInteractive: boolean;
}

const colours = { INFO: 2, WARN: 33, ERROR: 31, OUT: 0 } as const;

/** Runs the console of the page in a shell until its input ends, `quit`, or `stop`; an input without a line, such as `/dev/null`, ends nothing. One line runs after the other. */
export async function runRepl(agent: ConsoleAgent, terminal: Terminal, stop: AbortSignal): Promise<void> {
  const { input, output, isInteractive } = terminal;
  const lines = createInterface({
    input,
    output,
    terminal: isInteractive,
    prompt: isInteractive ? `${agent.agentId}> ` : '',
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      void completions(agent, line).then((found) => done(null, [found, line]));
    },
  });
  // A console that still reads would keep the process alive.
  const close = () => lines.close();
  stop.addEventListener('abort', close);
  lines.once('SIGINT', close);
  let isOpen = !stop.aborted;
  lines.once('close', () => {
    isOpen = false;
  });
  if (isOpen) lines.prompt();
  else close();
  let heard = 0;
  for await (const line of lines) {
    heard += 1;
    if (stop.aborted || ['quit', 'exit'].includes(line.trim())) break;
    await runLine(agent, line, (said) => output.write(textOf(said, isInteractive)));
    if (isOpen) lines.prompt();
  }
  lines.close();
  // Nobody types into a service: an input that is empty from the start ends nothing.
  if (!isInteractive && heard === 0) await aborted(stop);
}

/** Resolves when `stop` aborts; keeps the process alive until then. */
function aborted(stop: AbortSignal): Promise<void> {
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

async function completions(agent: ConsoleAgent, line: string): Promise<string[]> {
  const beginning = line.split(/\s+/).at(-1) ?? '';
  const found = beginning === '' ? agent.peers() : peersThatBegin(agent, beginning);
  const peers = (await found.catch(() => [])).map(({ agentId }) => agentId);
  const sessions = agent.sessions().map(({ sessionId }) => sessionId);
  const { line: whole, candidates } = complete(line, { peers, sessions });
  if (candidates.length === 0) return whole === line ? [] : [whole];
  const before = line.slice(0, line.length - (line.split(/\s+/).at(-1) ?? '').length);
  return candidates.map((candidate) => before + candidate);
}

function textOf(said: Output, isInteractive: boolean): string {
  if ('clear' in said) return isInteractive ? '\u001b[2J\u001b[H' : '';
  if ('table' in said) return columns(said.table);
  const { level, mark, text } = said.line;
  const line = `[${level}] ${mark === undefined ? '' : `${mark} `}${visibleLine(text)}`;
  return `${isInteractive ? `\u001b[${colours[level]}m${line}\u001b[0m` : line}\n`;
}

function columns({ headings, rows }: OutputTable): string {
  const all = [headings, ...rows].map((row) => row.map(visibleLine));
  const widths = headings.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return `${all.map((row) => line(row).trimEnd()).join('\n')}\n`;
}
