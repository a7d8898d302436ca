import { posix } from 'node:path';
import { anchorsOf, headingsOf, lineAt, withoutCode } from './markdown.mjs';

/**
 * A page of the specification and what a reference calls it: the first name in comments and docs, the second in what the app shows.
 *
 * @typedef {object} SpecificationPage
 * @property {string} file relative to the project
 * @property {readonly [string, string]} names
 * @property {string} text
 */

/** Other documents whose sections are named, besides RFCs. */
const others = ['W3C WebDriver', 'WHATWG Fetch', 'Fetch', 'HTML Living Standard', 'PURBs', 'Indexed Database API'];

const number = String.raw`\d+(?:\.\d+)*`;
const mention = new RegExp(String.raw`\bsections?\s+(${number}(?:(?:,|,? and|,? to)\s+${number})*)`, 'gi');
const rfc = /\bRFC([\s-]*)(\d+)/g;
const sectionOfRfc = new RegExp(String.raw`^, (?:sections? ${number}|appendix [A-Z](?:\.\d+)*)`);
/** What stands behind an RFC's number when a place in it is meant, in whatever spelling; one of its groups is that place. */
const placeInRfc =
  /^,?\s*(?:(?:[Ss]ections?|sect?\.|[Cc]h(?:apter|\.)|[Aa]pp(?:endix|\.)|§)\s*([\dA-Z]+(?:\.\d+)*)|(\d+(?:\.\d+)+)|(?<=,\s)(\d+)(?=[).;,]))/;
const otherSpelling = /§+\s*(\d+(?:\.\d+)*)?|\bprotocol(?:-groups)?\.md[`)]*,?\s+(\d+(?:\.\d+)*)/g;

/**
 * Returns a sentence for each reference of a file that nobody can follow: a section that names no document, a section that the
 * page of the specification does not have, a spelling of its own, and in Markdown a page that is named without a link. Each
 * says what to write. A reference has the form `protocol page, section 4.1` or `RFC 8032, section 5.1.7`.
 *
 * @param {string} path relative to the project, with forward slashes
 * @param {string} text
 * @param {readonly SpecificationPage[]} pages
 * @returns {string[]}
 */
export function referenceFaults(path, text, pages) {
  const own = pages.find(({ file }) => file === path);
  const seen = own === undefined ? flat(path, text) : text;
  const found =
    own === undefined
      ? [...mentions(path, seen, pages), ...rfcs(seen), ...spellings(seen, pages)]
      : ownSections(own, pages);
  return found.sort((a, b) => a.at - b.at).map(({ at, fault }) => `${path}:${lineAt(text, at)}: ${fault}`);
}

/** @typedef {{ at: number, fault: string }} Fault `at` is a position in the text */

/**
 * Returns the text with line ends, and what a comment has at the beginning of its lines, as spaces: a reference may be broken.
 *
 * @param {string} path
 * @param {string} text
 */
function flat(path, text) {
  const page = path.endsWith('.md') ? withoutCode(text) : text;
  return page.replace(/\r?\n[ \t]*(?:\*(?!\/)|\/\/)?/g, (gap) => ' '.repeat(gap.length)).replace(/[\t\r\n]/g, ' ');
}

/**
 * @param {string} path
 * @param {string} text
 * @param {readonly SpecificationPage[]} pages
 * @returns {Fault[]}
 */
function mentions(path, text, pages) {
  return [...text.matchAll(mention)].flatMap(({ index, 0: whole, 1: list = '' }) => {
    const before = text.slice(Math.max(0, index - 80), index).replace(/ +/g, ' ');
    if (/\bRFC[ -]*\d+,? $/.test(before) || others.some((name) => before.endsWith(`${name}, `))) return [];
    const said = whole.replace(/\s+/g, ' ');
    const page = pages.find(({ names }) => names.some((name) => before.toLowerCase().endsWith(`${name}, `)));
    // What is written from one RFC has one document: its own tests and files need not name it.
    if (page === undefined && path.startsWith('src/mls/')) return [];
    if (page === undefined) return [{ at: index, fault: `"${said}" names no document. Write ${forms(pages, said)}.` }];
    const missing = list.split(/[^\d.]+/).filter((section) => !sectionsOf(page.text).includes(section));
    if (missing.length > 0) return [{ at: index, fault: noSuchSection(page, missing) }];
    if (!path.endsWith('.md') || isLinked(text.slice(index + whole.length), page, list)) return [];
    const link = `[${page.names[0]}, ${said}](${linkTo(path, page, list)})`;
    return [{ at: index, fault: `"${said}" is no link. Write ${link}.` }];
  });
}

/**
 * @param {string} text
 * @returns {Fault[]}
 */
function rfcs(text) {
  return [...text.matchAll(rfc)].flatMap(({ index, 0: whole, 1: gap, 2: name }) => {
    const rest = text.slice(index + whole.length, index + whole.length + 60).replace(/ +/g, ' ');
    const place = placeInRfc.exec(rest);
    if (gap?.trim() === '' && gap !== '' && (place === null || sectionOfRfc.test(rest))) return [];
    const section = place?.slice(1).find((one) => one !== undefined);
    const wanted = section === undefined ? `RFC ${name}` : `RFC ${name}, section ${section}`;
    return [{ at: index, fault: `"${whole}${place?.[0] ?? ''}" is another spelling. Write "${wanted}".` }];
  });
}

/**
 * @param {string} text
 * @param {readonly SpecificationPage[]} pages
 * @returns {Fault[]}
 */
function spellings(text, pages) {
  return [...text.matchAll(otherSpelling)]
    .filter(({ index }) => !/\bRFC \d+,?\s*$/.test(text.slice(0, index)))
    .map(({ index, 0: said, 1: sign, 2: file }) => ({
      at: index,
      fault: `"${said.trim()}" is another spelling. Write ${forms(pages, `section ${sign ?? file ?? 'N'}`)}.`,
    }));
}

/**
 * The pages of the specification are copies to the byte: their spelling stays, but what they name must be there.
 *
 * @param {SpecificationPage} page
 * @param {readonly SpecificationPage[]} pages
 * @returns {Fault[]}
 */
function ownSections(page, pages) {
  return [...page.text.matchAll(mention)].flatMap(({ index, 0: whole, 1: list = '' }) => {
    const before = page.text.slice(0, index);
    if (/\bRFC \d+,?\s+$/.test(before)) return [];
    const after = page.text.slice(index + whole.length);
    const named = pages.find(({ file }) => {
      const quoted = `\`${posix.basename(file)}\``;
      return before.trimEnd().endsWith(quoted) || after.trimStart().startsWith(`of ${quoted}`);
    });
    const target = named ?? page;
    const missing = list.split(/[^\d.]+/).filter((section) => !sectionsOf(target.text).includes(section));
    return missing.length === 0 ? [] : [{ at: index, fault: noSuchSection(target, missing) }];
  });
}

/**
 * Returns the numbers of a page's headings: `## 4. Messages` is 4, `### 4.1 Binary envelopes` is 4.1.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function sectionsOf(text) {
  return headingsOf(text).flatMap((title) => /^(\d+(?:\.\d+)*)\.? /.exec(title)?.[1] ?? []);
}

/**
 * @param {SpecificationPage} page
 * @param {readonly string[]} missing
 */
function noSuchSection({ file, text }, missing) {
  return `${file} has no section ${missing.join(', ')}. Its sections are ${sectionsOf(text).join(', ')}.`;
}

/**
 * @param {readonly SpecificationPage[]} pages
 * @param {string} said
 */
function forms(pages, said) {
  return [...pages.map(({ names }) => `"${names[0]}, ${said}"`), `"RFC 1234, ${said}"`].join(' or ');
}

/**
 * @param {string} rest the text behind the reference
 * @param {SpecificationPage} page
 * @param {string} list
 */
function isLinked(rest, page, list) {
  const target = /^[^[\]]*\]\(([^)\s]*)\)/.exec(rest)?.[1];
  return target?.endsWith(`${posix.basename(page.file)}#${anchorOfSection(page, list)}`) === true;
}

/**
 * @param {string} path
 * @param {SpecificationPage} page
 * @param {string} list
 */
function linkTo(path, page, list) {
  return `${posix.relative(posix.dirname(path), page.file)}#${anchorOfSection(page, list)}`;
}

/**
 * @param {SpecificationPage} page
 * @param {string} list the first section of it is linked to
 */
function anchorOfSection({ text }, list) {
  const first = list.split(/[^\d.]+/)[0] ?? '';
  const at = headingsOf(text).findIndex((title) => title.startsWith(`${first}. `) || title.startsWith(`${first} `));
  return anchorsOf(text)[at] ?? '';
}
