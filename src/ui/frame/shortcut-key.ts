/**
 * Returns the key that was pressed as the shortcuts name it, whatever Caps Lock and the layout are: a letter in lower case; of
 * a layout without Latin letters the one at that place of the keyboard; for a dead key the backtick, which is one on many.
 */
export function shortcutKey({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  if (key === 'Dead') return '`';
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  if (!/^\p{L}$/u.test(key)) return key;
  return code === 'Backquote' ? '`' : (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key);
}
