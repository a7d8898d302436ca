import { type ChildProcess, spawn } from 'node:child_process';

/** A server in a process of its own, which can be killed and started again at the same place. */
export class ServerProcess {
  readonly url: string;
  readonly #args: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;

  private constructor(url: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.url = url;
    this.#args = args;
    this.#environment = environment;
  }

  /** Starts a server on a port with its data in a folder; `node` are arguments for Node itself, `more` other flags of the server. */
  static async start(
    port: number,
    folder: string,
    environment: Readonly<Record<string, string>> = {},
    node: readonly string[] = [],
    more: readonly string[] = [],
  ): Promise<ServerProcess> {
    const flags = ['--port', String(port), '--data', folder, '--rate-limit', '100000', ...more];
    const args = ['--disable-warning=ExperimentalWarning', ...node, 'src/cli/main.ts', 'server', ...flags];
    const server = new ServerProcess(`http://localhost:${port}`, args, environment);
    await server.start();
    return server;
  }

  /** Starts it again; resolves when it is ready. */
  async start(): Promise<void> {
    const started = spawn(process.execPath, this.#args, {
      env: { ...process.env, ...this.#environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = started;
    await new Promise<void>((resolve, reject) => {
      started.stdout.once('data', () => resolve());
      started.once('exit', (code) => reject(new TypeError(`the server ended with ${code} before it was ready`)));
    });
  }

  /** Kills it, as a crash does; resolves when it is gone. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  }
}
