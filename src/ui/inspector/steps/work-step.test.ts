import { expect, test } from 'vitest';
import type { CheckName, OperationName } from '../../../protocol/trace/events.ts';
import { totalDuration, type WorkStep } from './work-step.ts';

const did = (operation: OperationName, duration: number): WorkStep => ({ kind: 'operation', operation, duration });
const passed = (check: CheckName, duration: number): WorkStep => ({
  kind: 'check',
  of: 'SERVER_HELLO',
  check,
  duration,
});

const parts = [did('open_session_key', 4), did('agree_x25519', 2), did('decapsulate', 1)];

test('a key exchange that contains its operations, as in old traces, counts once', () => {
  expect(totalDuration([passed('signature', 1), ...parts, passed('key_exchange', 8)])).toBe(9);
});

test('a key exchange that follows its operations counts beside them', () => {
  expect(totalDuration([passed('signature', 1), ...parts, passed('key_exchange', 0.5)])).toBe(8.5);
});
