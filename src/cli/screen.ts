import { clearLine, cursorTo, type Interface } from 'node:readline';
import { styleText } from 'node:util';
import type { Output, OutputTable } from '../console/agent.ts';
import { visibleLine } from '../console/visible-text.ts';

/** Where a console reads and writes. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** True for a person at a terminal: a prompt, colours and completion. */
  readonly isInteractive: boolean;
}

/** One line of the agent itself. */
export type Told = readonly [level: 'INFO' | 'WARN' | 'ERROR', text: string];

type Level = 'INFO' | 'WARN' | 'ERROR' | 'OUT';

const styles = { INFO: 'dim', WARN: 'yellow', ERROR: 'red', OUT: 'reset' } as const;

/** What a person sees: lines appear above the prompt, and what they are typing stays. */
export class Screen {
  readonly #terminal: Pick<Terminal, 'output' | 'isInteractive'>;
  #prompt: Interface | undefined;

  constructor(terminal: Pick<Terminal, 'output' | 'isInteractive'>) {
    this.#terminal = terminal;
  }

  /** True for a person at a terminal, who may see what was said; elsewhere the output may be a log. */
  get isPerson(): boolean {
    return this.#terminal.isInteractive;
  }

  /** Shows this prompt below every line from now on; undefined while a command runs. */
  waitAt(prompt: Interface | undefined): void {
    this.#prompt = prompt;
  }

  /** Shows one line of the agent itself, such as a request that arrived. */
  tell(level: Exclude<Level, 'OUT'>, text: string): void {
    this.#write(this.#line(level, text));
  }

  /** Shows what a command says. */
  show(said: Output): void {
    if ('clear' in said) {
      if (this.#terminal.isInteractive) this.#write('\u001b[2J\u001b[H');
    } else if ('table' in said) {
      this.#write(columns(said.table));
    } else {
      const { level, mark, text } = said.line;
      this.#write(this.#line(level, mark === undefined ? text : `${mark} ${text}`));
    }
  }

  #line(level: Level, text: string): string {
    const line = `[${level}] ${visibleLine(text)}`;
    return `${this.#hasColours ? styleText(styles[level], line, { validateStream: false }) : line}\n`;
  }

  /** A person's terminal that shows colours, unless they want none (NO_COLOR, TERM=dumb). */
  get #hasColours(): boolean {
    const { isInteractive, output } = this.#terminal;
    if (!isInteractive || !('hasColors' in output) || typeof output.hasColors !== 'function') return false;
    return output.hasColors() === true;
  }

  #write(text: string): void {
    const { output } = this.#terminal;
    const prompt = this.#terminal.isInteractive ? this.#prompt : undefined;
    if (prompt !== undefined) {
      cursorTo(output, 0);
      clearLine(output, 0);
    }
    output.write(text);
    prompt?.prompt(true);
  }
}

function columns({ headings, rows }: OutputTable): string {
  const all = [headings, ...rows].map((row) => row.map(visibleLine));
  const widths = headings.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return `${all.map((row) => line(row).trimEnd()).join('\n')}\n`;
}
