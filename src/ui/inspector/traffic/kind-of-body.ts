import type { MessageName } from '../../../protocol/trace/events.ts';
import { readWireBody } from '../wire/wire-body.ts';

const names: readonly MessageName[] = [
  'CLIENT_HELLO',
  'SERVER_HELLO',
  'CLIENT_CONFIRM',
  'SESSION_ESTABLISHED',
  'RESUME_HELLO',
  'RESUME_ACCEPT',
  'ENVELOPE',
];

/** Returns the message that a body claims to be; a refusal, or anything else, is a PROBLEM. */
export function kindOfBody(body: string, form?: 'binary'): MessageName {
  const read = readWireBody(body, { form });
  return names.find((name) => read.type === 'members' && read.message === name) ?? 'PROBLEM';
}
