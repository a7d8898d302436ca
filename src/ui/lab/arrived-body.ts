import type { LabMessage } from '../../lab/run/scenario.ts';
import { decodeIfBase64 } from '../../protocol/wire/base64.ts';

/** A message as it arrived, or as it was sent when it never did. */
export interface ArrivedBody {
  /** Text, or base64 of bytes. */
  readonly body: string;
  readonly form: 'binary' | undefined;
  /** Bytes. */
  readonly size: number;
}

/** Returns what arrived of a message, or what was sent when nothing did. */
export function arrivedBody(message: LabMessage): ArrivedBody {
  const { sent = '', sentForm, sentSize, delivered, deliveredForm, deliveredSize } = message;
  if (delivered === undefined) return { body: sent, form: sentForm, size: sentSize ?? bytesIn(sent, sentForm) };
  return { body: delivered, form: deliveredForm, size: deliveredSize ?? bytesIn(delivered, deliveredForm) };
}

function bytesIn(body: string, form: 'binary' | undefined): number {
  if (form === 'binary') return decodeIfBase64(body)?.length ?? 0;
  return new TextEncoder().encode(body).length;
}
