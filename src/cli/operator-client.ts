import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { baseUrlFault, parseBaseUrl } from '../http/base-url.ts';
import { operatorProblem } from '../http/operator-answers.ts';
import { isLoopback } from '../http/server/addresses.ts';
import { isErrorCode, ParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';
import type { GivenFlags } from '../server/options/flags.ts';
import { readNamedFile } from '../storage/file/read-file.ts';
import { trustCertificates } from './trust.ts';

/** Milliseconds that an answer may take. */
const deadlineMs = 30_000;
/** Bytes of a file that holds a token. */
const largestToken = 64 * 1024;

/** Asks a running server as its operator. */
export class OperatorClient {
  /** Base URL of the server. */
  readonly url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  /** Reads where the server is and the operator's token from flags and environment. Throws `invalid_input`. */
  static async from(flags: GivenFlags): Promise<OperatorClient> {
    const named = textIn(flags, 'controller', 'PARLEY_CONTROLLER') ?? 'http://localhost:4173';
    const url = parseBaseUrl(named);
    if (url === undefined) {
      const fault = baseUrlFault(named) ?? `has to be written as ${new URL(named).origin}`;
      throw invalid(`--controller (PARLEY_CONTROLLER) ${fault}.`);
    }
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' && !isLoopback(hostname)) {
      throw invalid(
        `The operator token would cross the network unencrypted to ${url}. Nothing was sent. Use https, or run the command on the server’s machine.`,
      );
    }
    const trust = textIn(flags, 'trust');
    if (trust !== undefined) await trustCertificates(trust);
    return new OperatorClient(url, await tokenIn(flags));
  }

  /**
   * Calls the server and returns what it answers, checked by `schema`. Rejects with the code of a refusal, and with
   * `controller_unreachable` and `invalid_answer`.
   */
  async ask<const Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    call: { readonly method?: 'GET' | 'POST' | 'DELETE'; readonly body?: object } = {},
  ): Promise<v.InferOutput<Schema>> {
    const { method = 'GET', body } = call;
    let status: number;
    let answer: unknown;
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(deadlineMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      answer = await response.json();
    } catch (cause) {
      if (!isError(cause)) throw cause;
      throw new ParleyError(
        'controller_unreachable',
        `No Parley server answers at ${this.url}. Check --controller (PARLEY_CONTROLLER), and --trust for its TLS certificate.`,
        { cause },
      );
    }
    const problem = v.safeParse(operatorProblem, answer);
    if (status >= 400 && problem.success) throw refusalOf(problem.output);
    const { success, output } = v.safeParse(schema, answer);
    if (status < 400 && success) return output;
    throw new ParleyError('invalid_answer', `${this.url} is no Parley server of this version: it answers ${status}.`);
  }
}

function refusalOf({ code, detail }: v.InferOutput<typeof operatorProblem>): ParleyError {
  if (code === 'malformed_message') return invalid(detail);
  const advice =
    code === 'not_authorized'
      ? ' Give the server’s token with --token-file or PARLEY_OPERATOR_TOKEN; the server made it as operator-token in its data folder.'
      : '';
  return new ParleyError(isErrorCode(code) ? code : 'invalid_answer', `${detail}${advice}`);
}

/** Returns a flag, or the variable that stands for it. Throws `invalid_input` for an empty flag. */
export function textIn(flags: GivenFlags, flag: string, variable?: string): string | undefined {
  const value = flags[flag];
  if (value === '') throw invalid(`--${flag} needs a value.`);
  if (typeof value === 'string') return value;
  const fallback = variable === undefined ? undefined : process.env[variable];
  return fallback === '' ? undefined : fallback;
}

async function tokenIn(flags: GivenFlags): Promise<string> {
  const file = textIn(flags, 'token-file');
  const fromVariable = process.env.PARLEY_OPERATOR_TOKEN || undefined;
  const own = join(textIn(flags, 'data', 'PARLEY_DATA') ?? '.parley', 'operator-token');
  if (file === undefined && fromVariable === undefined && !existsSync(own)) {
    throw invalid(
      `This needs the operator token: give --token-file or PARLEY_OPERATOR_TOKEN, or name the server’s data folder with --data. There is no ${own}.`,
    );
  }
  const text =
    file === undefined && fromVariable !== undefined
      ? fromVariable
      : new TextDecoder().decode(
          await readNamedFile(
            { flag: file === undefined ? undefined : '--token-file', path: file ?? own },
            largestToken,
          ),
        );
  const token = text.trim();
  if (/^[\x21-\x7e]{16,4096}$/.test(token)) return token;
  throw invalid('The operator token is one line of 16 or more letters, digits and signs. Nothing was sent.');
}

function invalid(sentence: string): ParleyError {
  return new ParleyError('invalid_input', sentence);
}
