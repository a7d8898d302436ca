/**
 * Conditions under which a test may be left out, as they are written: each asks for a tool or a right that `scripts/ensure-tools.mjs` names,
 * so that on a machine that has everything no test is left out. Whether the run is exhaustive decides how many cases a test has, never this.
 */
const conditions = [
  "existsSync('/dev/full')",
  'canCapture',
  'hasAge',
  'hasNats',
  '!hasOpenssl',
  'isThere',
  'mayMount()',
  'platform === undefined',
  'process.getuid?.() === 0',
  "process.platform === 'linux'",
];

/**
 * Returns what leaves a test out on a machine that has everything, or leaves out others (`only`), a sentence for each.
 *
 * @param {string} path
 * @param {string} code
 * @returns {string[]}
 */
export function leftOutTests(path, code) {
  return [...code.matchAll(/\.(runIf|skipIf|skip|todo|fixme|only)\b(?![:?])/g)].flatMap((found) => {
    const [written, how] = found;
    if (how === 'runIf' || how === 'skipIf') {
      const condition = argumentAt(code, found.index + written.length);
      return conditions.includes(condition) ? [] : [`${path}: ${how}(${condition}) is no tool of ensure-tools.mjs`];
    }
    const before = code.slice(0, found.index);
    if (!/\b(test|it|describe|context|suite)(\.\w+)*$/.test(before)) return [];
    const condition = before.match(/= (\S+) \? test : test$/)?.[1];
    if (how === 'fixme' && condition !== undefined && conditions.includes(condition)) return [];
    return [`${path}: ${how} leaves tests out`];
  });
}

/**
 * @param {string} code
 * @param {number} open where the parenthesis of a call is
 * @returns {string} what is between it and the one that closes it
 */
function argumentAt(code, open) {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '(') depth++;
    if (code[at] === ')' && --depth === 0) return code.slice(open + 1, at).trim();
  }
  return '';
}
