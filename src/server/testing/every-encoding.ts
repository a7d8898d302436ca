import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns the base64 letters that a text has wherever it begins in a block of three bytes: those that no neighbour changes. */
function base64At(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** Returns a plaintext as it would be found in a file, in every encoding that a program may have given it. */
export function everyEncoding(text: string): ReadonlyMap<string, Buffer> {
  const escaped = Array.from(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const base64 = [0, 1, 2].map((offset) => [`base64 at ${offset}`, base64At(text, offset)] as const);
  const texts = [
    ['utf-8', text],
    ['hex', Buffer.from(text).toString('hex')],
    ['HEX', Buffer.from(text).toString('hex').toUpperCase()],
    ['percent', encodeURIComponent(text)],
    ['form', encodeURIComponent(text).replaceAll('%20', '+')],
    ['JSON', JSON.stringify(text).slice(1, -1)],
    ['JSON, escaped beyond ASCII', text.replace(/[^ -~]/g, (letter) => escapedLetter(letter))],
    ['JSON, all escaped', escaped],
    ['JSON, all escaped in capitals', escaped.toUpperCase().replaceAll('\\U', '\\u')],
    ...base64,
    ...base64.map(
      ([name, letters]) => [`${name}, for URLs`, letters.replaceAll('+', '-').replaceAll('/', '_')] as const,
    ),
  ] as const;
  const utf16 = Buffer.from(text, 'utf16le');
  return new Map([
    ...texts.map(([name, encoded]) => [name, Buffer.from(encoded)] as const),
    ['utf-16, little end first', utf16],
    ['utf-16, big end first', Buffer.from(utf16).swap16()],
  ]);
}

function escapedLetter(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Returns where a text is found in the files below a folder: the file and the encoding. */
export async function foundIn(folder: string, text: string): Promise<readonly string[]> {
  const encodings = everyEncoding(text);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const [encoding, looked] of encodings) if (bytes.includes(looked)) found.push(`${entry.name}: ${encoding}`);
  }
  return found;
}
