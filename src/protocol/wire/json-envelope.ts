import type { Bytes } from '../bytes.ts';
import { limits } from '../limits.ts';
import { type Envelope, envelope } from './envelope.ts';
import { parseMessage, parseObjectText, textOfObject } from './parse.ts';
import { quickEnvelope } from './quick-envelope.ts';
import { shapes } from './shapes.ts';

/** Reads an envelope that is written as JSON (protocol page, section 4). Throws `message_too_large` or `malformed_message`. */
export function readJsonEnvelope(bytes: Bytes): Envelope {
  const text = textOfObject(bytes, limits.messageBody);
  return quickEnvelope(text) ?? parseMessage(envelope, parseObjectText(text, shapes.envelope)).value;
}
