import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import * as v from 'valibot';
import { isError, isNamed } from '../../../protocol/realm.ts';

/** Milliseconds until a server counts as gone that does not say whom it has. */
const probeMs = 1_000;
/** Agents of one question: a page of the directory. */
const mostAsked = 1_000;

const agentIds = v.pipe(v.array(v.string()), v.maxLength(mostAsked));

interface Question {
  readonly agentId: string;
  answer(isThere: boolean): void;
}

/**
 * Asks the other servers of a group which agents they have: one question to each server for everything that is asked in one
 * turn of the event loop, such as a page of the directory.
 */
export class PresenceProbes {
  readonly #nats: NatsConnection;
  readonly #questions = new Map<string, Question[]>();
  readonly #subscription: Subscription;

  /** `has` says which agents are connected here; `server` is the name by which others ask. */
  constructor(nats: NatsConnection, server: string, has: (agentId: string) => boolean) {
    this.#nats = nats;
    this.#subscription = nats.subscribe(subjectOf(server), {
      callback: (error, message) => {
        const asked = error === null ? read(message.string()) : undefined;
        if (asked !== undefined) message.respond(JSON.stringify(asked.filter(has)));
      },
    });
  }

  /** True when a server says within a second that it has an agent. */
  ask(server: string, agentId: string): Promise<boolean> {
    return new Promise((answer) => {
      const questions = this.#questions.get(server) ?? [];
      if (questions.length === 0) setImmediate(() => void this.#send(server));
      this.#questions.set(server, [...questions, { agentId, answer }]);
    });
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  async #send(server: string): Promise<void> {
    const questions = this.#questions.get(server) ?? [];
    this.#questions.delete(server);
    const asked = questions.slice(0, mostAsked).map(({ agentId }) => agentId);
    const there = new Set(await this.#request(server, asked));
    for (const { agentId, answer } of questions) answer(there.has(agentId));
  }

  /** Returns the agents that a server has; none when it does not answer, because it may have crashed. */
  async #request(server: string, asked: readonly string[]): Promise<readonly string[]> {
    try {
      const answer = await this.#nats.request(subjectOf(server), JSON.stringify(asked), { timeout: probeMs });
      return read(answer.string()) ?? [];
    } catch (error) {
      if (isError(error)) return [];
      throw error;
    }
  }
}

function subjectOf(server: string): string {
  return `parley.servers.${server}`;
}

function read(text: string): readonly string[] | undefined {
  try {
    return v.parse(agentIds, JSON.parse(text));
  } catch (error) {
    if (isNamed(error, 'SyntaxError') || v.isValiError(error)) return undefined;
    throw error;
  }
}
