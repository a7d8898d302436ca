import * as v from 'valibot';
import { asParleyError } from '../../protocol/errors.ts';
import { type JsonValue, parseJson } from '../../protocol/wire/json.ts';
import type { Seal } from '../../storage/nats/seal.ts';

/** Milliseconds that a message may be old or, by the clock of its server, early. */
const freshMs = 60_000;
/** Messages that are remembered, so that one that is sent again is not told again. */
const mostRemembered = 10_000;
/** Bytes that a message may have. */
const largest = 256 * 1024;

const envelope = v.object({ id: v.string(), at: v.number() });

/** What a topic needs of a connection to NATS. */
export interface TopicLink {
  readonly isUp: boolean;
  readonly connection: {
    subscribe(
      subject: string,
      options: { callback(error: Error | null, message: { string(): string }): void },
    ): unknown;
    publish(subject: string, text: string): void;
  };
}

/** What one server of a group tells the others. */
export interface SharedTopic<T> {
  /** Tells the other servers. What is told while NATS cannot be reached is lost. */
  tell(what: T): void;
}

/**
 * Follows what the other servers of a group tell under `subject`. Each message is authenticated, fresh, and told once; anything else has no
 * effect.
 */
export function sharedTopic<T extends object>(
  link: TopicLink,
  seal: Seal,
  { subject, place, schema }: { subject: string; place: string; schema: v.GenericSchema<unknown, T> },
  heard: (what: T) => void,
): SharedTopic<T> {
  const seen = new Set<string>();
  const remember = (id: string) => {
    seen.add(id);
    for (const oldest of seen) {
      if (seen.size <= mostRemembered) break;
      seen.delete(oldest);
    }
  };
  link.connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) return;
      const text = seal.open([place], message.string());
      const parsed = text === undefined ? undefined : jsonIn(text);
      const { success, output } = v.safeParse(envelope, parsed);
      if (!success || Math.abs(Date.now() - output.at) > freshMs || seen.has(output.id)) return;
      remember(output.id);
      const told = v.safeParse(schema, parsed);
      if (told.success) heard(told.output);
    },
  });
  return {
    tell: (what) => {
      if (!link.isUp) return;
      const id = crypto.randomUUID();
      // Somebody who repeats it at NATS has it told here no second time either.
      remember(id);
      const text = JSON.stringify({ id, at: Date.now(), ...what });
      link.connection.publish(subject, seal.close([place], text));
    },
  };
}

/** Returns the JSON of a message; undefined for what is none, or too large: nothing is told by it. */
function jsonIn(text: string): JsonValue | undefined {
  try {
    return parseJson(new TextEncoder().encode(text), largest);
  } catch (cause) {
    asParleyError(cause);
    return undefined;
  }
}
