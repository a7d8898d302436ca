import { posix } from 'node:path';
import { anchorsOf, lineAt, withoutCode } from './markdown.mjs';

/** What stands in a link to a file of the project: in Markdown, in a reference definition, and in HTML. */
const links = [
  /\]\(\s*<?([^)<>\s]+)>?(?:\s+"[^"]*")?\s*\)/g,
  /^ {0,3}\[[^\]]+\]:\s+<?([^<>\s]+)>?/gm,
  /<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g,
];

/** A link from a name of the code to the file that has it: [`Agent.fetch`](../src/agent/agent.ts). */
const names = /\[`([^`\n/]+)`\]\(([^)\s#]+\.(?:ts|tsx|mjs))\)/g;

/**
 * Returns a sentence for each relative link of a Markdown page that leads nowhere: to no file of the project, to no heading of a
 * page, or from a name of the code to a file that does not have it. Links with a scheme are left alone.
 *
 * @param {string} path of the page, relative to the project, with forward slashes
 * @param {string} text
 * @param {(path: string) => string | undefined} read the text of a file, '' of a folder, undefined when there is neither
 * @returns {string[]}
 */
export function linkFaults(path, text, read) {
  const page = withoutCode(text);
  const misnamed = [...text.matchAll(names)]
    .filter(({ index }) => page[index] === '[')
    .flatMap(({ index, 1: name = '', 2: target = '' }) => nameFaults(path, text, { index, name, target }, read));
  const broken = links
    .flatMap((link) => [...page.matchAll(link)])
    .filter(({ 1: target = '' }) => !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target))
    .sort((a, b) => a.index - b.index)
    .flatMap(({ index, 1: target = '' }) => {
      const fault = faultOf(path, text, target, read);
      return fault === undefined ? [] : [`${path}:${lineAt(text, index)}: the link ${target} ${fault}`];
    });
  return [...broken, ...misnamed];
}

/**
 * @param {string} path
 * @param {string} text
 * @param {{ index: number, name: string, target: string }} link
 * @param {(path: string) => string | undefined} read
 * @returns {string[]}
 */
function nameFaults(path, text, { index, name, target }, read) {
  const linked = posix.normalize(posix.join(posix.dirname(path), target));
  const content = read(linked);
  if (content === undefined) return [];
  const missing = (name.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => !new RegExp(`\\b${word}\\b`).test(content));
  if (missing.length === 0) return [];
  return [
    `${path}:${lineAt(text, index)}: ${linked} has no ${missing.join(', ')}. Link ${name} to the file that has it.`,
  ];
}

/**
 * @param {string} path
 * @param {string} text
 * @param {string} target
 * @param {(path: string) => string | undefined} read
 * @returns {string | undefined}
 */
function faultOf(path, text, target, read) {
  const [file = '', anchor] = target.split('#').map(decodeURIComponent);
  const linked = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
  if (linked.startsWith('../') || file.startsWith('/'))
    return 'leads out of the project. Link to a file of the repository.';
  const content = file === '' ? text : read(linked);
  if (content === undefined) return `leads to no file. Write the path of one, relative to ${posix.dirname(path)}/.`;
  if (anchor === undefined || !linked.endsWith('.md')) return undefined;
  const anchors = anchorsOf(content);
  return anchors.includes(anchor)
    ? undefined
    : `leads to no heading. ${linked} has: ${anchors.map((one) => `#${one}`).join(', ')}.`;
}
