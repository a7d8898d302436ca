import type { CheckName, OperationName, TraceEvent } from '../protocol/trace/events.ts';
import type { OutputLine } from './agent.ts';

const checks: Readonly<Record<CheckName, string>> = {
  shape: 'Message well formed',
  recipient: 'Message meant for this agent',
  timestamp: 'Timestamp fresh',
  nonce: 'Nonce never seen',
  session_id: 'Session id fits',
  room: 'Room for a session',
  certificate: 'Certificate verified',
  identity: 'Certificate is the sender’s',
  signature: 'Signature verified',
  key_exchange: 'Keys agreed',
  challenge: 'Challenge verified',
  confirmation: 'Confirmation verified',
  session: 'Session alive',
  sender: 'Sent by the peer',
  epoch: 'Epoch known',
  sequence: 'Number not seen',
  decryption: 'Message decrypted',
  resumption: 'Resumption known and unused',
  binder: 'Binder verified',
};

const operations: Readonly<Record<OperationName, string>> = {
  fetch_revocation_list: 'Revocation list available',
  look_up_peer: 'Peer looked up',
  reserve_session: 'Session reserved',
  use_up_resumption: 'Resumption used up',
  make_key_shares: 'Key shares made',
  encrypt_session_key: 'Session key encrypted',
  open_session_key: 'Peer’s session key opened',
  agree_x25519: 'X25519 secret agreed',
  encapsulate: 'ML-KEM secret made',
  decapsulate: 'ML-KEM secret opened',
  derive_handshake_keys: 'Handshake keys derived',
  derive_session_keys: 'Session keys derived',
  store_nonce: 'Nonce stored',
  sign: 'Message signed',
  encrypt_challenge: 'Challenge encrypted',
  encrypt_message: 'Message encrypted',
  make_confirmation: 'Confirmation made',
  make_update_shares: 'Key shares for the next epoch made',
  derive_next_epoch: 'Keys of the next epoch derived',
  make_binder: 'Binder made',
  derive_resumed_keys: 'Session keys derived from the resumption',
};

/** A trace as the console tells it, in order, each step with its time. */
export function traceLines(events: readonly TraceEvent[]): readonly OutputLine[] {
  return events.flatMap((event) => {
    const line = lineOf(event);
    return line === undefined ? [] : [line];
  });
}

const by = { self: 'by this side', peer: 'by the peer' } as const;

function lineOf(event: TraceEvent): OutputLine | undefined {
  switch (event.kind) {
    case 'message':
      return {
        level: 'INFO',
        text: `${event.direction === 'sent' ? '→ Sent' : '← Received'} ${event.message}, ${event.size} B`,
      };
    case 'check':
      return event.outcome === 'passed'
        ? {
            level: 'INFO',
            mark: '✓',
            text: `${checks[event.check]}${event.note === undefined ? '' : ` (${event.note})`} ${time(event.duration)}`,
          }
        : { level: 'ERROR', mark: '✗', text: `${checks[event.check]}: ${event.detail} (${event.code})` };
    case 'operation':
      return { level: 'INFO', text: `${operations[event.operation]} ${time(event.duration)}` };
    case 'established':
      return { level: 'INFO', mark: '✓', text: `Session established, keys ${event.keyFingerprint}` };
    case 'epoch':
      return {
        level: 'INFO',
        mark: '✓',
        text: `Epoch ${event.number} begun ${by[event.by]}, keys ${event.keyFingerprint}`,
      };
    case 'failed':
      return { level: 'ERROR', mark: '✗', text: `No session: ${event.detail} (${event.code})` };
    case 'transcript':
    case 'fingerprint':
      return undefined;
  }
}

/** The checks that passed, once each, and how it ended: a handshake in short. */
export function handshakeLines(events: readonly TraceEvent[]): readonly OutputLine[] {
  return traceLines(
    events.filter(
      (event) =>
        event.kind === 'message' ||
        (event.kind === 'check' &&
          event.of !== 'ENVELOPE' &&
          (event.outcome === 'failed' ||
            ['certificate', 'resumption', 'signature', 'binder', 'key_exchange', 'challenge', 'confirmation'].includes(
              event.check,
            ))),
    ),
  );
}

function time(ms: number): string {
  return ms < 1 ? `${Math.round(ms * 1_000)} µs` : `${ms.toFixed(1)} ms`;
}
