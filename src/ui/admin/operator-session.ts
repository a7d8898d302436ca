import * as v from 'valibot';
import { operatorProblem } from '../../http/operator-answers.ts';
import { isErrorCode, ParleyError } from '../../protocol/errors.ts';

/** Milliseconds that an answer may take. */
const deadlineMs = 30_000;

let sessions = 0;

/**
 * The operator's calls of this server, with the operator's token. The token is in this object's memory alone: never in storage, an
 * address or the page, so a reload forgets it.
 */
export class OperatorSession {
  /** Tells this session's answers from those of another token. */
  readonly id: number;
  readonly #token: string;

  constructor(token: string) {
    sessions += 1;
    this.id = sessions;
    this.#token = token;
  }

  /**
   * Calls the server and returns what it answers, checked by `schema`. Rejects with the code of a refusal, and with
   * `controller_unreachable` and `invalid_answer`.
   */
  async ask<const Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    { method = 'GET', body }: { readonly method?: 'GET' | 'POST' | 'DELETE'; readonly body?: object } = {},
  ): Promise<v.InferOutput<Schema>> {
    let status: number;
    let answer: unknown;
    try {
      const response = await fetch(path, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.timeout(deadlineMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      answer = await response.json();
    } catch (cause) {
      throw new ParleyError(
        'controller_unreachable',
        'The server does not answer. Check that it runs, then try again.',
        {
          cause,
        },
      );
    }
    const problem = v.safeParse(operatorProblem, answer);
    if (status >= 400 && problem.success) {
      const { code, detail } = problem.output;
      throw new ParleyError(isErrorCode(code) ? code : 'invalid_answer', detail);
    }
    const { success, output } = v.safeParse(schema, answer);
    if (status < 400 && success) return output;
    throw new ParleyError('invalid_answer', 'The server is of another version than this page. Reload the page.');
  }
}
