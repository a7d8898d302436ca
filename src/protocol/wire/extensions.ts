import type { JsonObject, JsonValue } from './json.ts';

/** What a hello's `extensions` say that its sender can take in (protocol page, section 4.1). */
export interface Extensions {
  /** REQUEST with `sent_at`. */
  readonly sentAt: boolean;
  /** Bytes beside a payload (protocol page, section 4.2). */
  readonly attachment: boolean;
  /** Streams, PENDING and CANCEL (protocol page, section 4.3). */
  readonly stream: boolean;
  /** Binary envelopes. */
  readonly binary: boolean;
}

/** The member `extensions` of this side's hellos: what it can take in. */
export const ownExtensions = {
  envelopes: ['binary'],
  payloads: ['sent_at', 'attachment', 'stream'],
} as const satisfies JsonObject;

/**
 * Returns what a hello's `extensions` say; undefined for a hello without them. Members and names that are not known, and what is not a
 * list of texts, are ignored (protocol page, section 1).
 */
export function readExtensions(extensions: JsonObject | undefined): Extensions | undefined {
  if (extensions === undefined) return undefined;
  const { envelopes, payloads } = extensions;
  return {
    sentAt: names(payloads, 'sent_at'),
    attachment: names(payloads, 'attachment'),
    stream: names(payloads, 'stream'),
    binary: names(envelopes, 'binary'),
  };
}

/** True for a list of texts that has `name`. */
function names(list: JsonValue | undefined, name: string): boolean {
  return Array.isArray(list) && list.every((one) => typeof one === 'string') && list.includes(name);
}
