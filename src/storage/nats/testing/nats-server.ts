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
  end(): Promise<void>;
}

/** Starts one. Bodies of every size that the protocol allows pass. */
export async function startNats(): Promise<NatsServer> {
  if (program === undefined) throw new TypeError('there is no nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'parley-nats-'));
  const config = join(folder, 'nats.conf');
  const port = await freePort();
  await writeFile(config, `listen: "127.0.0.1:${port}"\nmax_payload: 32MB\njetstream { store_dir: "${folder}" }\n`);
  const child = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  await ready(child);
  return {
    url: `nats://127.0.0.1:${port}`,
    end: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
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
