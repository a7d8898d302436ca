import type { Json } from '../agent/contracts/views.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { AnswerStream, Readable, WholeOptions } from './answer-stream.ts';

/**
 * A request whose answer is read as it comes. Its promise resolves when the answer begins; a loop over the call, and the ways to read it,
 * wait for that: `await agent.stream(…).bytes()`, `for await (const value of agent.stream(…))`.
 */
export interface StreamCall<Item = Json | Bytes> extends Promise<AnswerStream<Item>>, Readable<Item> {}

/** A request that is under way, and its answer. */
export class AskedStream implements StreamCall {
  readonly [Symbol.toStringTag] = 'StreamCall';
  readonly #answer: Promise<AnswerStream>;

  constructor(answer: Promise<AnswerStream>) {
    this.#answer = answer;
    // Whoever reads is told; when nobody does, nobody has to be.
    answer.catch(() => undefined);
  }

  // biome-ignore lint/suspicious/noThenProperty: a call is a promise of its answer, and is read without waiting for that.
  then: Promise<AnswerStream>['then'] = (resolved, rejected) => this.#answer.then(resolved, rejected);
  catch: Promise<AnswerStream>['catch'] = (rejected) => this.#answer.catch(rejected);
  finally: Promise<AnswerStream>['finally'] = (settled) => this.#answer.finally(settled);

  [Symbol.asyncIterator](): AsyncIterator<Json | Bytes, undefined> {
    const items = this.#answer.then((answer) => answer[Symbol.asyncIterator]());
    items.catch(() => undefined);
    return {
      next: async () => (await items).next(),
      return: async () => (await (await items).return?.()) ?? { done: true, value: undefined },
    };
  }

  bytes = async (options?: WholeOptions) => (await this.#answer).bytes(options);
  text = async (options?: WholeOptions) => (await this.#answer).text(options);
  json = async <T = Json>(options?: WholeOptions) => (await this.#answer).json<T>(options);
  save = async (path?: string) => (await this.#answer).save(path);
}
