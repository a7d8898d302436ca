import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

const program = ['/usr/sbin/nats-server', '/usr/local/bin/nats-server', '/opt/homebrew/bin/nats-server'].find((path) =>
  existsSync(path),
);

/** Whether this machine has a NATS server; the tests that need one are left out where it has not. */
export const hasNats = program !== undefined;

/** A NATS server with JetStream, on a free port, with data of its own. */
export interface NatsServer {
  readonly url: string;
  /** Ends its process at once; its data stay: SIGTERM has it write what it has confirmed, and SIGKILL may lose that. */
  kill(): Promise<void>;
  /** Runs it again on its port, with its data, or without any; `more` are other lines of its configuration. */
  again(options?: { readonly isEmpty?: boolean; readonly more?: string }): Promise<void>;
  end(): Promise<void>;
}

const allSizes = 'max_payload: 32MB';

/** Starts one. Bodies of every size that the protocol allows pass, unless `more`, lines of its configuration, says otherwise. */
export async function startNats(more = allSizes): Promise<NatsServer> {
  if (program === undefined) throw new TypeError('there is no nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'parley-nats-'));
  const config = join(folder, 'nats.conf');
  const data = join(folder, 'data');
  const port = await freePort();
  const configure = (lines: string) =>
    writeFile(config, `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${data}" }\n${lines}\n`);
  await configure(more);
  let child = await run(program, config);
  const kill = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await ended;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    again: async ({ isEmpty = false, more: lines = more } = {}) => {
      await kill();
      await configure(lines);
      if (isEmpty) await rm(data, { recursive: true });
      child = await run(program, config);
    },
    end: async () => {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

async function run(path: string, config: string): Promise<ChildProcess> {
  const child = spawn(path, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  await ready(child);
  return child;
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line);
        if (line.includes('Server is ready')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`nats-server ended:\n${said.join('\n')}`)));
  });
}
