/** Characters of a file's name at most: every file system takes as many, also in UTF-8 with four bytes each. */
const longest = 60;
/** Characters of an ending, with its dot, that is kept when a name is cut. */
const longestEnding = 12;

/** Names that Windows gives to devices, whatever their ending. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Returns a name under which a peer's file can be saved: the last part of a path, one line, nothing in it unseen or with a meaning to a
 * shell or a file system, not hidden, at most 60 characters with its ending.
 */
export function safeFileName(name: string | undefined): string {
  const last = (name ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"|?*%$&;`'~!#{}()[\]^=+,@]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s-]+|[.\s]+$/g, '');
  if (plain === '') return 'attachment';
  return cut(devices.test(plain) ? `_${plain}` : plain);
}

function cut(name: string): string {
  const characters = [...name];
  if (characters.length <= longest) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= longestEnding ? [...name.slice(dot)] : [];
  return [...characters.slice(0, longest - ending.length), ...ending].join('');
}
