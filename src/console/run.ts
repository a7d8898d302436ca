import { asParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent, Say } from './agent.ts';
import { commandNamed } from './commands.ts';
import { splitWords } from './words.ts';

/** True for a line that ends what runs: it waits for no command before it. */
export function isUrgent(line: string): boolean {
  return /^\s*stop(\s|$)/.test(line);
}

/** Runs one line. It never rejects: what goes wrong is said, with what to do. */
export async function runLine(agent: ConsoleAgent, line: string, say: Say): Promise<void> {
  try {
    const [name, ...words] = splitWords(line);
    if (name === undefined) return;
    await commandNamed(name).run(agent, words, say);
  } catch (cause) {
    const { code, detail, title } = asParleyError(cause);
    const text = code === 'invalid_input' ? detail : `${title}. ${detail} (${code})`;
    say({ line: { level: 'ERROR', mark: '✗', text } });
  }
}
