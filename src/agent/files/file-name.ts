/** Code points and bytes of UTF-8 of a name, at most: file systems take 255 bytes, and a copy gets ` (2)` in front of its ending. */
const most = { characters: 200, bytes: 230 };
/** Bytes of an ending that is kept when a name is cut. */
const longestEnding = 24;
/** What a name is called of which nothing is left. */
const nameless = 'file';

/** Names that Windows gives to devices, with any ending (Microsoft, “Naming Files, Paths, and Namespaces”). */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?= *(?:\.|$))/i;
/** Controls, formats such as bidi overrides, zero-width characters, private and unassigned ones, line and paragraph separators, fillers. */
const invisible = /\p{C}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/gu;
/** What is no part of a name on some system. Look-alikes of the slash and of the colon are shown as what they are not. */
const forbidden = /[<>:"|?*\u2044\u2215\u29f8\ufe68\uff0f\uff3c\uff1a\ua789\u2236]/gu;
const encoder = new TextEncoder();

/**
 * Returns what a peer calls a file as a name that is safe to show and to save under on every system: without a path, control, bidi or
 * invisible characters, reserved names, dots at the beginning, or dots and spaces at the end; in NFC, never empty, at most 200 characters
 * and 230 bytes of UTF-8. The same name comes back unchanged.
 */
export function fileName(given: string): string {
  // A longer one is none that a person gave; and normalizing takes time.
  const name = cut(plain(given.slice(0, 4_096).toWellFormed()));
  // What was cut or taken out may leave something behind that has to go too.
  const again = cut(plain(name));
  return again === name ? name : fileName(again);
}

function plain(given: string): string {
  const last = given.slice(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1);
  const visible = last.normalize('NFC').replace(invisible, '').replace(forbidden, '_');
  const spaced = visible.replace(/\p{Zs}+/gu, ' ');
  const trimmed = spaced.replace(/^[ .~]+/, '').replace(/[ .]+$/, '');
  const safe = reserved.test(trimmed) ? `_${trimmed}` : trimmed;
  return safe === '' ? nameless : safe;
}

/** Returns a name that is not too long, with its ending where that is short. */
function cut(name: string): string {
  if (fits(name, most.bytes)) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && encoder.encode(name.slice(dot)).length <= longestEnding ? name.slice(dot) : '';
  const stem = [...name.slice(0, name.length - ending.length)].slice(0, most.characters - [...ending].length);
  const room = most.bytes - encoder.encode(ending).length;
  while (encoder.encode(stem.join('')).length > room) stem.pop();
  return `${stem.join('')}${ending}`;
}

function fits(name: string, bytes: number): boolean {
  return (
    name.length <= 2 * most.characters && [...name].length <= most.characters && encoder.encode(name).length <= bytes
  );
}

/** Returns the media type that a peer gives, where it is one (RFC 9110, section 8.3.1, without parameters); else that of any bytes. */
export function fileType(given: string): string {
  const type = given.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$/.test(type);
  return isType ? type : 'application/octet-stream';
}
