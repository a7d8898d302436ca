import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const metricsToken = 'metrics-token-of-the-test';
const quiet = '--disable-warning=ExperimentalWarning';
const free = new Set<ChildProcess>();

/** What programs printed that ended by an error which no code of theirs caught. The harness fails the test that finds one here. */
export const crashes: string[] = [];
/** Node prints its version last when an uncaught error or an unhandled rejection ends it. */
const isCrash = /^Node\.js v\d+\./;

/** Milliseconds that a program has to print what a test waits for. */
const patienceMs = 90_000;

/** A process of the product, as it is started from a shell. */
export class Program {
  readonly #process: ChildProcess;
  readonly lines: string[] = [];
  readonly #heard = new Set<() => void>();

  private constructor(process: ChildProcess) {
    this.#process = process;
    free.add(process);
    process.once('close', () => {
      if (this.lines.some((line) => isCrash.test(line))) crashes.push(this.lines.join('\n'));
    });
    for (const stream of [process.stdout, process.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        for (const tell of this.#heard) tell();
      });
    }
  }

  static start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
    return new Program(
      spawn(process.execPath, [quiet, 'src/cli/main.ts', ...args], { env: { ...process.env, ...environment } }),
    );
  }

  /** Any other program for Node, run in `cwd`. */
  static ofFile(path: string, args: readonly string[], cwd: string): Program {
    return new Program(spawn(process.execPath, [quiet, path, ...args], { cwd }));
  }

  /** The first line that has been or will be printed that matches. Rejects when it ends without, or takes too long. */
  async printed(pattern: RegExp): Promise<string> {
    const found = () => this.lines.find((line) => pattern.test(line));
    return new Promise((resolve, reject) => {
      const fail = (how: string) => reject(new Error(`${how} it printed ${pattern}:\n${this.lines.join('\n')}`));
      const late = setTimeout(() => fail(`${patienceMs / 1_000} s passed before`), patienceMs);
      const look = () => {
        const line = found();
        if (line === undefined) return;
        clearTimeout(late);
        this.#heard.delete(look);
        resolve(line);
      };
      this.#heard.add(look);
      this.#process.once('exit', () => {
        clearTimeout(late);
        fail('it ended before');
      });
      look();
    });
  }

  /** Types a line into it. */
  type(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Ends it and waits; its exit code, or the signal that ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | string | null> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#process.exitCode;
    const ended = new Promise<number | string | null>((resolve) =>
      this.#process.once('exit', (code, by) => resolve(code ?? by)),
    );
    this.#process.kill(signal);
    free.delete(this.#process);
    return ended;
  }

  /** Waits for its end. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#process.exitCode;
    return new Promise((resolve) => this.#process.once('exit', (code) => resolve(code)));
  }
}

process.once('exit', () => {
  for (const child of free) child.kill('SIGKILL');
});

/** A server of the product with data of its own, that can be ended and started again at the same address. */
export class Server {
  readonly folder: string;
  readonly #flags: readonly string[];
  url = '';
  program: Program | undefined;

  private constructor(folder: string, flags: readonly string[]) {
    this.folder = folder;
    this.#flags = flags;
  }

  static async start(flags: readonly string[] = [], port = 0): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), 'parley-e2e-')), flags);
    await server.start(String(port));
    return server;
  }

  async start(port = new URL(this.url).port): Promise<void> {
    const flags = ['--port', port, '--data', join(this.folder, 'server'), '--app', 'dist/app', ...this.#flags];
    this.program = Program.start(['server', ...flags], {
      PARLEY_OPERATOR_TOKEN: 'operator-token-of-the-test',
      PARLEY_METRICS_TOKEN: metricsToken,
      PARLEY_REGISTRATION_TOKENS: 'registration-token-of-the-test',
    });
    const line = await this.program.printed(/^Parley is ready at/);
    this.url = line.replace('Parley is ready at ', '');
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | string | null> {
    return (await this.program?.end(signal)) ?? null;
  }

  /** What its metrics say now. A connection that a refused body has ended may be among those that are kept open. */
  async metrics(): Promise<string> {
    const ask = () => fetch(`${this.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
    return (await ask().catch(ask)).text();
  }

  async forget(): Promise<void> {
    await this.end();
    await rm(this.folder, { recursive: true });
  }
}
