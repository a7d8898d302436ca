import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const program = '/usr/bin/tcpdump';

/** True where the loopback interface can be listened to. */
export const canCapture = existsSync(program) && process.getuid?.() === 0;

/** A capture under way. */
export interface Capture {
  /** What has been captured so far, a character per byte; packets arrive here some time after they passed. */
  text(): string;
  end(): Promise<void>;
}

/** Everything that passes over the loopback interface to and from some ports, from now on. */
export async function capture(ports: readonly number[]): Promise<Capture> {
  const filter = ports.map((port) => `port ${port}`).join(' or ');
  // -U and -w -: every packet is handed over whole as soon as it is there.
  const child = spawn(program, ['-i', 'lo', '-s', '0', '-U', '-B', '65536', '-w', '-', `tcp and (${filter})`]);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.includes('listening on')) resolve();
    });
  });
  return {
    text: () => Buffer.concat(chunks).toString('latin1'),
    end: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGINT');
      await ended;
    },
  };
}
