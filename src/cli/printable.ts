/**
 * A text of somebody else's as one line that does nothing to a terminal: control characters, line ends and characters that turn
 * the direction of writing are shown as `\uXXXX`.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
