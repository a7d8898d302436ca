import { parseSync } from 'vite';

/**
 * @typedef {object} Import
 * @property {string} specifier what stands between the quotes
 */

/**
 * Everything a file of TypeScript or JavaScript reaches for: imports, re-exports, `import()`, types in `import()`, and
 * files named by `new URL('...', import.meta.url)`, as workers are.
 *
 * @param {string} path only its extension matters
 * @param {string} code
 * @returns {Import[]}
 */
export function importsOf(path, code) {
  const { program, errors } = parseSync(path, code);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  /** @type {Import[]} */
  const found = [];
  visit(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.push({ specifier });
  });
  return found;
}

/** @typedef {Record<string, unknown> & { type: string }} Node */

/**
 * @param {unknown} value
 * @param {(node: Node) => void} see
 */
function visit(value, see) {
  if (Array.isArray(value)) {
    for (const element of value) visit(element, see);
  } else if (isNode(value)) {
    see(value);
    for (const child of Object.values(value)) visit(child, see);
  }
}

/**
 * @param {Node} node
 * @returns {string | undefined} undefined when the node imports nothing
 */
function specifierOf(node) {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return text(node.source);
    case 'NewExpression': {
      const [file, base] = Array.isArray(node.arguments) ? node.arguments : [];
      const isUrl = isNode(node.callee) && node.callee.name === 'URL';
      return isUrl && isNode(base) && base.type === 'MemberExpression' ? text(file) : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * @param {unknown} node
 * @returns {string | undefined}
 */
function text(node) {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/**
 * @param {unknown} value
 * @returns {value is Node}
 */
function isNode(value) {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
