import fc from 'fast-check';
import type { JsonValue } from '../../wire/json.ts';

/** Makes values as the wire may hold them: every integer is exact, and minus zero is zero (protocol page, section 1). */
export function wireJson(constraints: fc.JsonSharedConstraints = {}): fc.Arbitrary<JsonValue> {
  return fc
    .jsonValue(constraints)
    .map(
      (value): JsonValue =>
        JSON.parse(
          JSON.stringify(value, (_, inner: unknown) =>
            typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner) ? 0 : inner,
          ),
        ),
    );
}
