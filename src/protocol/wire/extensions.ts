import type { JsonObject } from './json.ts';

/** What a hello's `extensions` say that its sender can take in (protocol page, section 4.1). */
export interface Extensions {
  /** REQUEST with `sent_at`. */
  readonly sentAt: boolean;
}

/** The member `extensions` of this side's hellos: what it can take in. */
export const ownExtensions = { payloads: ['sent_at'] } as const satisfies JsonObject;

/**
 * Returns what a hello's `extensions` say; undefined for a hello without them. Members and names that are not known, and what is not a
 * list of texts, are ignored (protocol page, section 1).
 */
export function readExtensions(extensions: JsonObject | undefined): Extensions | undefined {
  if (extensions === undefined) return undefined;
  const { payloads } = extensions;
  return { sentAt: isListOfTexts(payloads) && payloads.includes('sent_at') };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
