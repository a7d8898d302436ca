import type { Bytes } from '../../../protocol/bytes.ts';
import { StreamHash } from '../../../protocol/crypto/stream-hash.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { streamed } from '../../streams/answer-kinds.ts';
import { names, Pair } from '../../testing/pair.ts';
import { RawCaller } from '../../testing/raw-caller.ts';
import { generateRsa } from '../../testing/world.ts';
import { MethodRegistry, type RequestInfo } from '../methods.ts';

/** Returns bytes that are different nearly everywhere. */
export const material = (size: number): Bytes => Uint8Array.from({ length: size }, (_, at) => (at * 7) & 0xff);
export const nothing: Bytes = new Uint8Array(0);
export const five = material(5);

/** Returns size and hash of a whole stream, as its last write says them. */
export async function endOf(bytes: Bytes): Promise<{ size: number; hash: string }> {
  const hash = new StreamHash(crypto.subtle);
  await hash.add(bytes);
  const end = await hash.end();
  return { size: end.size, hash: encodeBase64(end.hash) };
}

/** Helper, and two peers of it that say what they like. */
export class StreamStage {
  readonly pair: Pair;
  readonly raw: RawCaller;
  readonly other: RawCaller;
  readonly #methods: MethodRegistry;
  #number = 0;
  #requests: string[] = [];

  private constructor(pair: Pair, callers: readonly [RawCaller, RawCaller], methods: MethodRegistry) {
    this.pair = pair;
    [this.raw, this.other] = callers;
    this.#methods = methods;
  }

  static async open(): Promise<StreamStage> {
    const methods = new MethodRegistry();
    methods.register('ping', () => null);
    const pair = await Pair.connected(undefined, { helper: { methods } });
    const { agent } = await pair.world.open('other_agent_001', 'https://localhost:5002', { generateRsa });
    const raw = await pair.during(RawCaller.of(pair.agent('traveller'), names.helper));
    return new StreamStage(pair, [raw, await pair.during(RawCaller.of(agent, names.helper))], methods);
  }

  /** Cancels every request that was named here: nothing of one test is left to the next. */
  async clear(): Promise<void> {
    const made = this.#requests;
    this.#requests = [];
    for (const request of made) {
      await this.pair.during(Promise.all([this.raw.cancel(request), this.other.cancel(request)]));
    }
  }

  /** Returns the id of a new stream. */
  newId(): string {
    return (this.#number++).toString(16).padStart(32, 'a');
  }

  /** Returns the id of a new request. */
  newRequest(): string {
    const request = `request_${this.#number++}`;
    this.#requests.push(request);
    return request;
  }

  /** Has Helper answer `method` with what `give` gives. */
  answers(method: string, give: (info: RequestInfo) => unknown): void {
    this.#methods.register(method, (_parameters, info) => give(info));
  }

  /** Has Helper answer with a stream of five bytes, which are all there; its id. */
  async served(request = this.newRequest()): Promise<string> {
    this.answers('five', () => streamed(five));
    const { json } = await this.pair.during(this.raw.request(request, 'five'));
    const { stream } = json;
    if (typeof stream !== 'object' || stream === null || !('stream_id' in stream)) throw new TypeError('no stream');
    await this.pair.during(this.raw.read(String(stream.stream_id), { from: 5, wait: 20 }));
    return String(stream.stream_id);
  }

  /** Begins a request with a body, which Helper reads; the id of its stream. */
  async begun(head: JsonObject = {}, request = this.newRequest()): Promise<string> {
    this.answers('take', async ({ body }) => (await body?.bytes())?.length ?? null);
    const stream_id = this.newId();
    const stream = { stream_id, media_type: 'text/plain', ...head };
    const { status } = await this.pair.during(this.raw.request(request, 'take', { stream }));
    if (status !== 'PENDING') throw new TypeError(`A request with a stream was answered ${status}.`);
    return stream_id;
  }
}
