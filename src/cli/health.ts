import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { visibleLine } from '../console/visible-text.ts';
import { addressOfServer, isEverywhere, withoutBrackets } from '../http/server/addresses.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';
import type { GivenFlags } from '../server/options/flags.ts';
import { readServerOptions } from '../server/options/options.ts';
import { exitCodes } from './exit-codes.ts';

/** Milliseconds a healthy server has to say so. */
const deadlineMs = 4_000;

/**
 * Runs `parley health`: asks the server that these flags and this environment describe, on this machine. Returns 0
 * when it answers, and 3, with the reason on stderr, when it does not. Throws `invalid_input` for port 0.
 */
export async function runHealth(flags: GivenFlags, out: { write(text: string): unknown }): Promise<number> {
  const { host, port, tls } = readServerOptions(flags, process.env);
  if (port === 0) throw new ParleyError('invalid_input', '--port (PORT) is 0, which no server answers at.');
  const asked = isEverywhere(host) ? 'localhost' : host;
  const failure = await ask({ host: withoutBrackets(asked), port, path: '/healthz', agent: false }, tls !== undefined);
  if (failure === undefined) {
    out.write('ok\n');
    return exitCodes.done;
  }
  const address = addressOfServer({ host: asked, port, isTls: tls !== undefined });
  process.stderr.write(`${visibleLine(`The server at ${address} ${failure}. Check --host, --port and --tls-cert.`)}\n`);
  return exitCodes.unreachable;
}

/** Resolves with why the server is not healthy; undefined when it is. */
function ask(
  path: { readonly host: string; readonly port: number; readonly path: string; readonly agent: false },
  isTls: boolean,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const heard = (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? undefined : `answers ${answer.statusCode}`);
    };
    // The certificate is for the server's public name, and this does not leave the machine.
    const asked = isTls ? getHttps({ ...path, rejectUnauthorized: false }, heard) : getHttp(path, heard);
    // A server that hangs may still send single bytes: the time is that of the whole answer.
    const timer = setTimeout(() => {
      resolve(`does not answer within ${deadlineMs / 1_000} seconds`);
      asked.destroy();
    }, deadlineMs);
    asked.on('close', () => clearTimeout(timer));
    asked.on('error', (error) => {
      const code = isError(error) && 'code' in error ? ` (${error.code})` : '';
      resolve(`does not answer${code}`);
    });
  });
}
