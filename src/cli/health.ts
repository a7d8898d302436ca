import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { readServerOptions, withoutBrackets } from '../server/options.ts';
import { exitCodes } from './exit-codes.ts';

/** Milliseconds a healthy server has to say so. */
const deadlineMs = 4_000;

/** `parley health`: 0 when the server that these flags and this environment describe answers on this machine. */
export async function runHealth(args: readonly string[]): Promise<number> {
  const { host, port, tls } = readServerOptions(args, process.env);
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const path = {
    host: isEverywhere ? 'localhost' : withoutBrackets(host),
    port,
    path: '/healthz',
    timeout: deadlineMs,
    agent: false,
  };
  const status = await new Promise<number>((resolve) => {
    const heard = (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    };
    // The certificate is for the server's public name, and this does not leave the machine.
    const asked = tls === undefined ? getHttp(path, heard) : getHttps({ ...path, rejectUnauthorized: false }, heard);
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(0));
  });
  process.stdout.write(status === 200 ? 'ok\n' : 'The server does not answer.\n');
  return status === 200 ? exitCodes.done : exitCodes.unreachable;
}
