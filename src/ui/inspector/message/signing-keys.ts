import type { MessageName, TraceEvent } from '../../../protocol/trace/events.ts';
import type { Recording } from '../../../recording/recording.ts';
import { bodyJson } from '../wire/body-json.ts';

/**
 * Returns the session signing keys that a session's hellos named, base64 by agent_id, as far as its trace has them.
 * Public.
 */
export function sessionSigningKeys(
  events: readonly TraceEvent[],
  agents: Readonly<Record<'client' | 'server', string>>,
): NonNullable<Recording['formerSigningKeys']> {
  return Object.fromEntries(
    events.flatMap((event) => {
      const side = event.kind === 'message' ? sides[event.message] : undefined;
      const key = event.kind === 'message' && side !== undefined ? signingKeyIn(event.body) : undefined;
      return side === undefined || key === undefined ? [] : [[agents[side], key]];
    }),
  );
}

/** Whose key a message names. */
const sides: Partial<Record<MessageName, 'client' | 'server'>> = {
  CLIENT_HELLO: 'client',
  SERVER_HELLO: 'server',
  RESUME_HELLO: 'client',
  RESUME_ACCEPT: 'server',
};

function signingKeyIn(body: string): string | undefined {
  const read = bodyJson(body);
  if (typeof read !== 'object' || read === null || !('session_signing_key' in read)) return undefined;
  return typeof read.session_signing_key === 'string' ? read.session_signing_key : undefined;
}
