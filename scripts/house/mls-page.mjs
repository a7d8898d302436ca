const row = /\/\*\*(?<comment>(?:[^*]|\*(?!\/))*)\*\/\s*(?<code>[a-z0-9_]+):\s*'(?<section>(?:[^'\\]|\\.)*)'/g;
const region = /(?<=<!-- begin: codes -->\n)[\s\S]*(?=<!-- end: codes -->)/;

/**
 * One rule of a receiver as its source says it.
 *
 * @typedef {object} Rule
 * @property {string} code
 * @property {string} section
 * @property {string} meaning
 */

/**
 * Returns the rules of a source such as `src/mls/codes/codec-codes.ts`.
 *
 * @param {string} source
 * @returns {Rule[]}
 */
export function rulesOf(source) {
  return [...source.matchAll(row)].map(({ groups = {} }) => {
    const { comment = '', code = '', section = '' } = groups;
    const meaning = comment
      .replaceAll(/^\s*\* ?/gm, '')
      .trim()
      .replaceAll(/\s+/g, ' ');
    return { code, section, meaning };
  });
}

/**
 * Returns docs/mls.md with the table of rules between its two marks, and the codes that no test expects.
 *
 * @param {string} page
 * @param {ReadonlyMap<string, string>} sources the rules' sources by their title
 * @param {ReadonlyMap<string, string>} tests the tests by their path
 * @returns {{page: string, untested: readonly string[]}}
 */
export function mlsPage(page, sources, tests) {
  /** @type {string[]} */
  const untested = [];
  const tables = [...sources].map(([title, source]) => {
    const rows = rulesOf(source).map(({ code, section, meaning }) => {
      // In quotes, or at the beginning of an expression for the message.
      const expected = new RegExp(String.raw`'${code}'|/\^?${code}\b`);
      const found = [...tests].filter(([, text]) => expected.test(text)).map(([path]) => path);
      if (found.length === 0) untested.push(code);
      const links = found.slice(0, 2).map((path) => `[${path.split('/').at(-1)}](../${path})`);
      return `| \`${code}\` | ${section.replace('RFC 9420, section ', '')} | ${meaning} | ${links.join(', ')} |\n`;
    });
    return `### ${title}\n\n| code | section | refused | test |\n| --- | --- | --- | --- |\n${rows.join('')}`;
  });
  return { page: page.replace(region, () => `\n${tables.join('\n')}\n`), untested };
}
