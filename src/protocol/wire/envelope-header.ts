import type { AgentId, SessionId } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { isAgentId, isSessionId } from '../ids.ts';

/** The members of an envelope that the AAD and the signature cover by name. */
export interface Header {
  readonly session_id: SessionId;
  readonly sender_id: AgentId;
  readonly epoch: number;
  readonly sequence: number;
  readonly timestamp: number;
}

/** Returns JCS(header), written out: its members in their canonical order, none of which JSON has to escape. */
export function headerJcs({ session_id, sender_id, epoch, sequence, timestamp }: Header): string {
  return `{"epoch":${epoch},"sender_id":"${sender_id}","sequence":${sequence},"session_id":"${session_id}","timestamp":${timestamp}}`;
}

const count = '(0|[1-9][0-9]{0,15})';
const canonicalHeader = new RegExp(
  `^\\{"epoch":${count},"sender_id":"([a-z0-9_]{1,63})","sequence":${count},"session_id":"([0-9a-f]{32})","timestamp":${count}\\}$`,
);

/** Reads what `headerJcs` writes, and that alone (protocol page, section 4.1). Throws `malformed_message`. */
export function readHeaderJcs(text: string): Header {
  const header = headerOf(text);
  if (header === undefined) {
    throw new ParleyError('malformed_message', 'The header is not the canonical JSON of the five members of one.');
  }
  return header;
}

/** Returns what `headerJcs` wrote; undefined for any other text. */
export function headerOf(text: string): Header | undefined {
  const found = canonicalHeader.exec(text);
  if (found === null) return undefined;
  const [, epochText, sender_id = '', sequenceText, session_id = '', timestampText] = found;
  const epoch = Number(epochText);
  const sequence = Number(sequenceText);
  const timestamp = Number(timestampText);
  const areExact = Number.isSafeInteger(epoch) && Number.isSafeInteger(sequence) && Number.isSafeInteger(timestamp);
  if (!areExact || !isAgentId(sender_id) || !isSessionId(session_id)) return undefined;
  return { session_id, sender_id, epoch, sequence, timestamp };
}
