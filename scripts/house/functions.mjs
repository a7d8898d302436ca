import { parseSync } from 'vite';

/**
 * Returns the functions and methods of a file that have more than `most` lines, each as `name (from line, lines)`. A function that
 * does more than one thing is several.
 *
 * @param {string} path only its extension matters
 * @param {string} code
 * @param {number} most
 * @returns {string[]}
 */
export function longFunctions(path, code, most) {
  const { program, errors } = parseSync(path, code);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  /** @type {string[]} */
  const found = [];
  /** @type {(value: unknown, name: string) => void} */
  const visit = (value, name) => {
    if (Array.isArray(value)) for (const element of value) visit(element, name);
    if (!isNode(value)) return;
    const known = nameOf(value) ?? name;
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(value.type)) {
      const first = lineAt(code, value.start);
      const lines = lineAt(code, value.end) - first + 1;
      if (lines > most) found.push(`${known} (line ${first}, ${lines} lines)`);
    }
    for (const child of Object.values(value)) visit(child, known);
  };
  visit(program, 'a function');
  return found;
}

/** @typedef {Record<string, unknown> & { type: string, start: number, end: number }} Node */

/**
 * @param {Node} node
 * @returns {string | undefined} what a function inside it is known by
 */
function nameOf(node) {
  const named = node.type === 'MethodDefinition' || node.type === 'Property' ? node.key : node.id;
  return isNode(named) && typeof named.name === 'string' ? named.name : undefined;
}

/**
 * @param {string} code
 * @param {number} offset
 */
function lineAt(code, offset) {
  return code.slice(0, offset).split('\n').length;
}

/**
 * @param {unknown} value
 * @returns {value is Node}
 */
function isNode(value) {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
