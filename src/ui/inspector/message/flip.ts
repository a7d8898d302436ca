import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { jsonLeaves } from '../wire/json-ranges.ts';
import { bytesOfBase64 } from './bytes.ts';

/**
 * Returns the text of a member's value in a body, with its quotes if it has them; undefined when there is no such
 * member.
 */
export function valueText(body: string, path: string): string | undefined {
  const leaf = jsonLeaves(body).find((each) => each.path === path);
  return leaf === undefined ? undefined : body.slice(leaf.value.from, leaf.value.to);
}

/** Returns the body with another text in the place of a member's value; everything else stays to the byte. */
export function withValue(body: string, path: string, value: string): string {
  const leaf = jsonLeaves(body).find((each) => each.path === path);
  return leaf === undefined ? body : body.slice(0, leaf.value.from) + value + body.slice(leaf.value.to);
}

/**
 * Returns the body with one bit of a member flipped: of the bytes that base64 stands for, else of the value's last
 * character.
 */
export function withFlippedBit(body: string, path: string): string {
  const text = valueText(body, path);
  if (text === undefined) return body;
  if (/^\d+$/.test(text)) return withValue(body, path, String(Number(text) ^ 1));
  if (!text.startsWith('"')) return withValue(body, path, text === 'true' ? 'false' : 'true');
  const inner = text.slice(1, -1);
  const bytes = inner.length >= 16 ? bytesOfBase64(inner) : undefined;
  if (bytes !== undefined && !/^[0-9a-f]{32}$/.test(inner)) {
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    return withValue(body, path, `"${encodeBase64(bytes)}"`);
  }
  const last = inner.charCodeAt(inner.length - 1);
  return withValue(body, path, JSON.stringify(inner.slice(0, -1) + String.fromCharCode(last ^ 1)));
}
