import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { envelopeBytes } from '../inspector/wire/envelope-parts.ts';

/**
 * Returns the member at `path` (names joined by `.`) of a JSON text, or of a binary envelope that is written as base64, as text; its
 * bytes are base64. Undefined when there is none.
 */
export function memberAt(body: string, path: string, form?: 'binary'): string | undefined {
  if (form === 'binary') return partAt(body, path);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}

function partAt(base64: string, path: string): string | undefined {
  const { bytes, parts } = envelopeBytes(base64);
  const part = parts.find((each) => each.path === path);
  if (part === undefined) return undefined;
  const value = bytes.subarray(part.value.from, part.value.to);
  if (path === 'header_length') return String(value.reduce((sum, byte) => 256 * sum + byte, 0));
  return part.isText ? new TextDecoder().decode(value) : encodeBase64(value);
}
