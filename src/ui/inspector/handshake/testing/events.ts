import type { CheckName, MessageName, OperationName, TraceEvent } from '../../../../protocol/trace/events.ts';
import type { Side } from '../../steps/timeline.ts';
import { handshakeModel } from '../handshake-model.ts';

export const moved = (direction: 'sent' | 'received', message: MessageName, body = '{}'): TraceEvent => ({
  kind: 'message',
  at: 1,
  direction,
  message,
  body,
  size: body.length,
});
export const sent = (message: MessageName) => moved('sent', message);
export const received = (message: MessageName) => moved('received', message);
export const passed = (of: MessageName, check: CheckName, note?: string): TraceEvent => ({
  kind: 'check',
  at: 1,
  of,
  check,
  duration: 0.2,
  outcome: 'passed',
  ...(note === undefined ? {} : { note }),
});
export const refused = (of: MessageName, check: CheckName): TraceEvent => ({
  kind: 'check',
  at: 1,
  of,
  check,
  duration: 0.2,
  outcome: 'failed',
  code: 'signature_invalid',
  detail: 'It does not verify.',
});
export const did = (operation: OperationName): TraceEvent => ({ kind: 'operation', at: 1, operation, duration: 1.5 });
export const established: TraceEvent = { kind: 'established', at: 2, keyFingerprint: '9c:41:7f:02', expiresAt: 3_600 };
export const failed: TraceEvent = { kind: 'failed', at: 2, code: 'signature_invalid', detail: 'It does not verify.' };

/** Returns the diagram of what one side recorded. */
export const modelOf = (events: readonly TraceEvent[], role: Side) => handshakeModel([{ role, events }]);

export const clientEvents = [
  did('make_key_shares'),
  did('sign'),
  sent('CLIENT_HELLO'),
  received('SERVER_HELLO'),
  passed('SERVER_HELLO', 'shape'),
  passed('SERVER_HELLO', 'timestamp', '+1 s'),
  did('derive_handshake_keys'),
  sent('CLIENT_CONFIRM'),
  received('SESSION_ESTABLISHED'),
  passed('SESSION_ESTABLISHED', 'confirmation'),
  established,
];

export const serverEvents = [
  did('fetch_revocation_list'),
  received('CLIENT_HELLO'),
  passed('CLIENT_HELLO', 'shape'),
  did('sign'),
  sent('SERVER_HELLO'),
  received('CLIENT_CONFIRM'),
  passed('CLIENT_CONFIRM', 'signature'),
  sent('SESSION_ESTABLISHED'),
  established,
];
