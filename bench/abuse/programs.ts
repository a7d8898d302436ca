import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { deeds, type Report } from './report.ts';

const quiet = '--disable-warning=ExperimentalWarning';
const reported = v.object({
  times: v.object(v.entriesFromList(deeds, v.array(v.number()))),
  failures: v.array(v.string()),
});

/** A fresh server of the product, a process of its own, with standard limits. */
export class ServerProcess {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(process: ChildProcess, url: string, folder: string) {
    this.#process = process;
    this.url = url;
    this.#folder = folder;
  }

  /** Starts one on a free port; `fill` puts something into its folder before. */
  static async start(fill: (folder: string) => Promise<void>): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-abuse-'));
    await fill(folder);
    const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const app = fileURLToPath(new URL('../../dist/app', import.meta.url));
    const flags = ['--port', '0', '--data', folder, '--app', app, '--proxies', '127.0.0.1,::1'];
    const started = spawn(process.execPath, [quiet, program, 'server', ...flags], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      started.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      createInterface({ input: started.stdout }).on('line', (line) => {
        const [, found] = /^Parley is ready at (\S+)/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    return new ServerProcess(started, url, folder);
  }

  async end(): Promise<void> {
    await ended(this.#process);
    await rm(this.#folder, { recursive: true });
  }
}

/** The honest agents, a process of their own. */
export class HonestProcess {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(server: string): Promise<HonestProcess> {
    const program = fileURLToPath(new URL('honest.ts', import.meta.url));
    const process = fork(program, [server], { execArgv: [quiet] });
    const honest = new HonestProcess(process);
    await honest.#heard();
    return honest;
  }

  /** What the honest side sees from now on for so many milliseconds. */
  async watch(ms: number): Promise<Report> {
    this.#process.send('watch');
    await new Promise((resolve) => setTimeout(resolve, ms));
    const answer = this.#heard();
    this.#process.send('report');
    return v.parse(reported, await answer);
  }

  end(): Promise<void> {
    return ended(this.#process);
  }

  #heard(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const over = (code: number | null) => reject(new Error(`the honest agents ended with ${code}`));
      this.#process.once('exit', over);
      this.#process.once('message', (message) => {
        this.#process.off('exit', over);
        resolve(message);
      });
    });
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
