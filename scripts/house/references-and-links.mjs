import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { linkFaults } from './links.mjs';
import { referenceFaults } from './references.mjs';
import { sourceFiles } from './source-files.mjs';

/** @param {string} path */
const read = (path) => readFileSync(inProject(path), 'utf8');

/** @type {import('./references.mjs').SpecificationPage[]} */
const pages = [
  { file: 'docs/protocol.md', names: ['protocol page', 'parley/1'], text: read('docs/protocol.md') },
  { file: 'docs/protocol-groups.md', names: ['groups page', 'parley-group/1'], text: read('docs/protocol-groups.md') },
];

const folders = ['src', 'scripts', 'e2e', 'bench', 'docs', 'deploy'];
const markdown = [
  ...readdirSync(inProject('.')),
  ...folders.flatMap((folder) =>
    readdirSync(inProject(folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  ),
]
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.md'));
// The tests of these checks hold what the checks refuse.
const sources = [...sourceFiles(folders), 'index.html'].filter((path) => !/house\/(links|references)\b/.test(path));

/** @param {string} path */
function linked(path) {
  if (!existsSync(inProject(path))) return undefined;
  return statSync(inProject(path)).isDirectory() ? '' : read(path);
}

const found = [
  ...[...markdown, ...sources].flatMap((path) => referenceFaults(path, read(path), pages)),
  ...markdown.flatMap((path) => linkFaults(path, read(path), linked)),
];
for (const fault of found) console.error(fault);
process.exitCode = found.length === 0 ? 0 : 1;
