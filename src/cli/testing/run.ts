import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import { runCommandLine } from '../run-command-line.ts';

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `parley` with these arguments in this process. */
export async function runParley(...args: readonly string[]): Promise<Ended> {
  const said = { out: '', err: '' };
  const output = new PassThrough();
  output.on('data', (chunk) => {
    said.out += String(chunk);
  });
  const complaints = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += String(text);
    return true;
  });
  try {
    const code = await runCommandLine(args, { input: process.stdin, output, isInteractive: false });
    return { code, ...said };
  } finally {
    complaints.mockRestore();
  }
}
