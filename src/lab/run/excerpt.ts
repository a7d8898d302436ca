import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import type { LabMessage } from './scenario.ts';

/** Bytes of an envelope that an attempt keeps, as an agent's own log does. */
const kept = 16 * 1_024;

/** Returns a message with the beginnings alone of the binary envelopes in it, and what they measured. */
export function excerpt(message: LabMessage): LabMessage {
  const { sent, sentForm, delivered, deliveredForm } = message;
  const before = sentForm === 'binary' ? beginningOf(sent) : undefined;
  const after = deliveredForm === 'binary' ? beginningOf(delivered) : undefined;
  return {
    ...message,
    ...(before === undefined ? {} : { sent: before.text, sentSize: before.size }),
    ...(after === undefined ? {} : { delivered: after.text, deliveredSize: after.size }),
  };
}

function beginningOf(base64 = ''): { readonly text: string; readonly size: number } {
  const bytes = decodeBase64(base64);
  return { text: encodeBase64(bytes.subarray(0, kept)), size: bytes.length };
}
