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
export function arrivedBody({ sent = '', sentForm, delivered, deliveredForm }: LabMessage): ArrivedBody {
  const body = delivered ?? sent;
  const form = delivered === undefined ? sentForm : deliveredForm;
  return { body, form, size: bytesIn(body, form) };
}

function bytesIn(body: string, form: 'binary' | undefined): number {
  if (form === 'binary') return decodeIfBase64(body)?.length ?? 0;
  return new TextEncoder().encode(body).length;
}
