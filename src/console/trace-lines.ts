import type { TraceEvent } from '../protocol/trace/events.ts';
import { checkWords } from '../recording/check-words.ts';
import { operationWords } from '../recording/operation-words.ts';
import type { OutputLine } from './agent.ts';

/** Returns a trace as the console shows it, in order, each step with its time. */
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
            text: `${checkWords[event.check].logged}${event.note === undefined ? '' : ` (${event.note})`} ${time(event.duration)}`,
          }
        : { level: 'ERROR', mark: '✗', text: `${checkWords[event.check].logged}: ${event.detail} (${event.code})` };
    case 'operation':
      return { level: 'INFO', text: `${operationWords[event.operation].logged} ${time(event.duration)}` };
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

/** Returns a handshake in short: the checks that passed, once each, and how it ended. */
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
