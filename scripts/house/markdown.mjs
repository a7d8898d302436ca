/**
 * Returns the text with every code block and code span blanked out: what stands in them is no reference and no link. Lengths and
 * line ends stay, so a position in the result is the same position in the text.
 *
 * @param {string} text
 * @returns {string}
 */
export function withoutCode(text) {
  const blank = (/** @type {string} */ code) => code.replace(/[^\n]/g, ' ');
  return text
    .replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^ *\2[^\n]*$/gm, blank)
    .replace(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, blank);
}

/**
 * Returns the titles of a page's headings in order, as they are written.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function headingsOf(text) {
  const code = withoutCode(text);
  return [...code.matchAll(/^#{1,6} /gm)].map(({ index, 0: marks }) =>
    text.slice(index + marks.length, text.indexOf('\n', index) + 1 || undefined).trim(),
  );
}

/**
 * Returns the anchors of a page's headings, as GitHub makes them: lower case, no punctuation, a hyphen for each space, and a
 * number behind one that was there before.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function anchorsOf(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return headingsOf(text).map((title) => {
    const anchor = anchorOf(title);
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** @param {string} title */
function anchorOf(title) {
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/**
 * Returns the number of the line, from 1, that holds a position in a text.
 *
 * @param {string} text
 * @param {number} at
 */
export function lineAt(text, at) {
  return text.slice(0, at).split('\n').length;
}
