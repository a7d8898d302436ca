/** Scripts whose letters take another shape beside a joiner: there a joiner is spelling, elsewhere it hides something. */
const joining = [
  'Arabic',
  'Syriac',
  'Mongolian',
  'Nko',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');

/** Sequences in which a character without a shape is part of what is read. */
const spelling = [
  // A flag of a region: a black flag, its letters as tags, the end.
  '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{3,6}\\u{E007F}',
  // One emoji made of several.
  '(?<=\\p{Extended_Pictographic}\\uFE0F?\\p{Emoji_Modifier}?)\\u200D(?=\\p{Extended_Pictographic})',
  `(?<=[${joining}])[\\u200C\\u200D](?![\\u200C\\u200D])`,
  // As text or as emoji; a keycap.
  '(?<=[\\p{Extended_Pictographic}0-9#*])[\\uFE0E\\uFE0F]',
  '(?<=\\p{Script=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
  '(?<=\\p{Script=Mongolian})[\\u180B-\\u180F]',
].join('|');

/** Format characters that have a shape: signs that stand over or before a number. */
const shaped = '\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u{110BD}\\u{110CD}';
const hidden = `(?![${shaped}])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]`;
const inLine = new RegExp(`(${spelling})|${hidden}`, 'gu');
const inLines = new RegExp(`(${spelling})|(?![\\n\\t])${hidden}`, 'gu');

/**
 * Returns an untrusted text as one line that says what it holds: control characters, line ends, characters that turn the direction
 * of writing or have no shape, and lone surrogates become `\uXXXX` (UTF-16, as in JSON, so that JSON stays the same JSON). Joiners
 * and selectors stay where a script or an emoji is spelled with them (UAX #31, UTS #51).
 */
export function visibleLine(text: string): string {
  return text.replace(inLine, (found, spelled: string | undefined) => spelled ?? escaped(found));
}

/** Returns an untrusted text as `visibleLine` does, with its line feeds and tabs: for a place that has lines of its own. */
export function visibleText(text: string): string {
  return text.replace(inLines, (found, spelled: string | undefined) => spelled ?? escaped(found));
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
