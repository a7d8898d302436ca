import { inProject } from '../places.mjs';
import { Stop, say } from '../say.mjs';
import { runNode } from '../spawn.mjs';

const bin = (/** @type {string} */ path) => inProject(`node_modules/${path}`);

/** What is checked, by name, and the command that fails when it does not hold. */
const checks = [
  { name: 'types', command: [bin('typescript/bin/tsc'), '-p', inProject('.')] },
  {
    name: 'types of the protocol room, without DOM and Node',
    command: [bin('typescript/bin/tsc'), '-p', inProject('src/protocol')],
  },
  {
    name: 'lint and format',
    command: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', inProject('.')],
  },
  { name: 'import directions', command: [inProject('scripts/house/import-directions.mjs')] },
  { name: 'file lengths', command: [inProject('scripts/house/file-lengths.mjs')] },
  { name: 'tests that would be left out', command: [inProject('scripts/house/no-test-left-out.mjs')] },
  { name: 'references and links', command: [inProject('scripts/house/references-and-links.mjs')] },
  { name: 'the page of error codes', command: [inProject('scripts/house/error-codes.mjs')] },
  { name: 'the page of MLS rules', command: [inProject('scripts/house/mls-codes.mjs')] },
  { name: 'the lock file', command: [inProject('scripts/house/lock-file.mjs')] },
  { name: 'unused files, exports and packages', command: [bin('knip/bin/knip.js'), '--no-progress'] },
];

/** Runs every check, also after one has failed, and tells which ones did. */
export async function run() {
  const failed = [];
  for (const { name, command } of checks) {
    say(`Checking ${name} ...`);
    if ((await runNode(command)) !== 0) failed.push(name);
  }
  if (failed.length > 0) throw new Stop(`Does not hold: ${failed.join('; ')}.`);
  say('All checks hold.');
  return 0;
}
