import { limits } from '../limits.ts';

/** True for 1 to 128 characters, which are not UTF-16 code units: a `request_id` or a `method` (protocol page, section 1). */
export function isShortText(text: string): boolean {
  return text.length <= 2 * limits.nameLength && text !== '' && [...text].length <= limits.nameLength;
}
