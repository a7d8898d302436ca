/** Texts that act unseen on a terminal, a page or a reader, and how they are shown in one line. */
export const hiddenTexts: readonly (readonly [text: string, shown: string])[] = [
  ['x\n[INFO] ✓ bob is verified', 'x\\u000a[INFO] ✓ bob is verified'],
  ['\u001b]52;c;aGk=\u0007', '\\u001b]52;c;aGk=\\u0007'],
  ['\u009b2J', '\\u009b2J'],
  ['pay\u202eevil', 'pay\\u202eevil'],
  ['a\u2067b\u2069', 'a\\u2067b\\u2069'],
  ['a\u061cb\u200fc', 'a\\u061cb\\u200fc'],
  ['a\u2028b', 'a\\u2028b'],
  ['pay\u200bpal\u00ad\ufeff', 'pay\\u200bpal\\u00ad\\ufeff'],
  ['pay\u200cpal', 'pay\\u200cpal'],
  ['a\u200d\u200db', 'a\\u200d\\u200db'],
  ['tag \u{E0041}', 'tag \\udb40\\udc41'],
  ['😀\ufe0f\ufe0f\u{E0101}', '😀\ufe0f\\ufe0f\\udb40\\udd01'],
  ['\ud800 alone', '\\ud800 alone'],
  ['\u3164', '\\u3164'],
];

/** Texts that are spelled with joiners, selectors or tags. */
export const spelledTexts: readonly string[] = [
  'Grüße, 你好 ✓',
  'می‌خواهم',
  'क्‍ष',
  '👩‍👩‍👧‍👦 👩🏽‍🚀 ❤️‍🔥 🏳️‍🌈 1️⃣',
  '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}',
  'שלום עולם',
  '葛\u{E0100}城',
];
