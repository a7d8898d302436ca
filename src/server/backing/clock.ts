import { NoRespondersError, RequestError } from '@nats-io/transport-node';
import * as v from 'valibot';
import { ParleyError } from '../../protocol/errors.ts';
import type { NatsLink } from '../../storage/nats/link.ts';
import type { Seal } from '../../storage/nats/seal.ts';

const subject = 'parley.clock';
/** Milliseconds that clocks may differ, beside what a question and its answer take. */
const clockBoundMs = 30_000;
/** Milliseconds between comparisons. */
const everyMs = 10_000;
/** Milliseconds that the other servers have to answer. */
const answerMs = 500;

const reading = v.object({ server: v.string(), now: v.number() });

/** What a clock is compared with. */
export interface ClockDeps {
  readonly link: NatsLink;
  readonly seal: Seal;
  readonly server: string;
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly now: () => number;
  /** NATS's clock at a moment of the call. */
  readonly natsTime: () => Promise<number>;
  /** Hears when the clock is found wrong, and when it is right again. */
  readonly changed: (trouble: ParleyError | undefined) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Compares this server's clock with those of the other servers and of NATS. A server whose clock differs from most of them
 * signs no list and changes nothing, because its lists would be expired, or from the future, for everybody.
 */
export class GroupClock {
  readonly #deps: ClockDeps;
  #trouble: ParleyError | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(deps: ClockDeps) {
    this.#deps = deps;
  }

  /** Starts to answer the others and to compare: once before this resolves, then every 10 s. */
  static async start(deps: ClockDeps): Promise<GroupClock> {
    const clock = new GroupClock(deps);
    const { link, seal, server, now } = deps;
    link.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) {
          message.respond(seal.close(['clock', message.string()], JSON.stringify({ server, now: now() })));
        }
      },
    });
    await clock.compare();
    clock.#timer = setInterval(() => void clock.compare(), everyMs).unref();
    return clock;
  }

  /** Returns the reason why this server may change nothing; undefined while its clock agrees. */
  get trouble(): ParleyError | undefined {
    return this.#trouble;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Compares now. While NATS is away nothing is known that would change the verdict. */
  async compare(): Promise<void> {
    const { link, changed, failed } = this.#deps;
    if (!link.isUp) return;
    try {
      const [nats, others] = await Promise.all([this.#differenceToNats(), this.#differencesToServers()]);
      const differences = [nats, ...others];
      const wrong = differences.filter((difference) => Math.abs(difference) > clockBoundMs);
      const isWrong = wrong.length * 2 > differences.length;
      const before = this.#trouble;
      this.#trouble = isWrong ? differs(wrong[0] ?? 0) : undefined;
      if ((before === undefined) !== (this.#trouble === undefined)) changed(this.#trouble);
    } catch (error) {
      failed(error);
    }
  }

  async #differenceToNats(): Promise<number> {
    const { now, natsTime } = this.#deps;
    const asked = now();
    const theirs = await natsTime();
    return differenceOf(theirs, asked, now());
  }

  async #differencesToServers(): Promise<number[]> {
    const { link, seal, now } = this.#deps;
    const nonce = crypto.randomUUID();
    const asked = now();
    const found = new Map<string, number>();
    try {
      const answers = await link.connection.requestMany(subject, nonce, { strategy: 'timer', maxWait: answerMs });
      for await (const answer of answers) {
        const text = seal.open(['clock', nonce], answer.string());
        if (text === undefined) continue;
        const { server, now: theirs } = v.parse(reading, JSON.parse(text));
        found.set(server, differenceOf(theirs, asked, now()));
      }
    } catch (error) {
      // This server is alone in its group.
      if (!isNobodyThere(error)) throw error;
    }
    return [...found.values()];
  }
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
}

/**
 * Returns how far a clock is off that was read between two moments: at least so many milliseconds, 0 when it may be
 * right.
 */
function differenceOf(theirs: number, asked: number, answered: number): number {
  if (theirs < asked) return theirs - asked;
  return theirs > answered ? theirs - answered : 0;
}

function differs(difference: number): ParleyError {
  const seconds = Math.round(Math.abs(difference) / 1_000);
  return new ParleyError(
    'unavailable',
    `The clock of this server is ${seconds} s ${difference > 0 ? 'behind' : 'ahead of'} the others of its group. It changes nothing until its clock is set.`,
    { retryAfter: 30 },
  );
}
