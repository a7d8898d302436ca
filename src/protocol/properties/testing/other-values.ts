import fc from 'fast-check';
import type { JsonValue } from '../../wire/json.ts';
import { clock } from './fixture.ts';
import { type Path, withByteChanged } from './tamper.ts';
import { wireJson } from './wire-json.ts';

/** The messages of a full handshake. */
export type MessageType = 'CLIENT_HELLO' | 'SERVER_HELLO' | 'CLIENT_CONFIRM' | 'SESSION_ESTABLISHED';

export const types: readonly MessageType[] = ['CLIENT_HELLO', 'SERVER_HELLO', 'CLIENT_CONFIRM', 'SESSION_ESTABLISHED'];

/** Another value of the same form for a member. */
export function another(path: Path, value: JsonValue): fc.Arbitrary<JsonValue> {
  switch (path.join('.')) {
    case 'message_type':
      return fc.oneof(fc.constantFrom(...types), fc.string()).filter((other) => other !== value);
    case 'protocol':
      return fc
        .oneof(fc.constantFrom('parley/2', 'parley/1 ', 'PARLEY/1'), fc.string())
        .filter((other) => other !== value);
    case 'session_id':
      return fc.stringMatching(/^[0-9a-f]{32}$/).filter((other) => other !== value);
    case 'sender_id':
    case 'recipient_id':
      return fc.stringMatching(/^[a-z][a-z0-9_]{2,62}$/).filter((other) => other !== value);
    case 'timestamp':
      return fc.integer({ min: clock - 300, max: clock + 300 }).filter((other) => other !== value);
    case 'extensions.envelopes':
    case 'extensions.payloads':
      return wireJson({ maxDepth: 2 }).filter((other) => JSON.stringify(other) !== JSON.stringify(value));
    case 'expires_at':
      return fc.maxSafeNat().filter((other) => other !== value);
    default:
      return fc
        .tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
        .map(([position, difference]) => withByteChanged(value, position, difference));
  }
}

/** Values that no member with this value can have. */
export function illFormed(value: JsonValue): fc.Arbitrary<JsonValue> {
  const wrongType: fc.Arbitrary<JsonValue>[] = [
    fc.constantFrom<JsonValue>(null, true, [], ''),
    typeof value === 'number' ? fc.constantFrom(-1, 0.5, String(value)) : fc.integer(),
  ];
  if (typeof value === 'string') wrongType.push(fc.constantFrom([value], `${value} `, `${value}=`, `A${value}`));
  if (typeof value === 'object') wrongType.push(fc.constantFrom({}, [value], { ...value, more: 1 }));
  return fc.oneof(...wrongType);
}
