const entry =
  /(?:\/\*\*(?<comment>(?:[^*]|\*(?!\/))*)\*\/\s*)?^ {2}(?<code>[a-z_]+): \{ status: (?<status>\d+), title: '(?<title>[^']*)' \}/gm;
const parts = /^(?<meaning>.+?)\s+Retry: (?<retry>.+?)\.\s+From: (?<from>.+?)\.$/s;

/**
 * One error code as its source says it.
 *
 * @typedef {object} Code
 * @property {string} code
 * @property {string} status the HTTP status
 * @property {string} title
 * @property {string} meaning
 * @property {string} retry
 * @property {string} from
 */

/**
 * Returns the codes of a source such as `wire-codes.ts`. Throws for one whose comment does not say its meaning, `Retry: …` and
 * `From: …`.
 *
 * @param {string} source
 * @returns {Code[]}
 */
export function codesOf(source) {
  return [...source.matchAll(entry)].map(({ groups = {} }) => {
    const { code = '', status = '', title = '', comment = '' } = groups;
    const words = comment
      .replaceAll(/^\s*\* ?/gm, '')
      .trim()
      .replaceAll(/\s+/g, ' ');
    const { meaning, retry, from } = parts.exec(words)?.groups ?? {};
    if (meaning === undefined || retry === undefined || from === undefined) {
      throw new Error(
        `The code ${code} needs a comment: /** Its meaning. Retry: yes or no, and how. From: who finds it. */`,
      );
    }
    return { code, status, title, meaning, retry, from };
  });
}

/**
 * Returns docs/errors.md.
 *
 * @param {string} wireSource
 * @param {string} localSource
 */
export function errorPage(wireSource, localSource) {
  return `# Look up an error code

<!-- scripts/house/error-codes.mjs writes this page from src/protocol/wire-codes.ts and src/protocol/local-codes.ts. -->

Every error of Parley has a stable \`code\`. You meet it

- in a program, as \`code\` of a \`ParleyError\` ([library.md](library.md#handle-errors)), with \`detail\`, which says what to do,
  and \`cause\`, where something else caused it;
- on the command line, in parentheses at the end of the line;
- in the app, beside the sentence that explains it;
- over HTTP, as \`code\` of an \`application/problem+json\` body, and in the encrypted answer of a peer.

“Retry” says whether the same call can succeed later. A request that is sent again with the same \`requestId\` runs once.
“From” says who finds the error. A peer’s handler may refuse with codes that are not listed here: they are in \`peerCode\`,
under the code \`handler_failed\`.

## Codes that another party tells

A peer, the Controller, a relay or the server sends these, with the HTTP status of the table. “Peer’s answer” stands for
the encrypted answer to a request. This side may find the same error itself.

${table(codesOf(wireSource))}
## Codes of this side

These are found in your own process or browser. They are never sent, and never taken from another party. The status is for
programs that show one.

${table(codesOf(localSource))}`;
}

/** @param {readonly Code[]} codes */
function table(codes) {
  const rows = codes
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, status, meaning, retry, from }) => `| \`${code}\` | ${status} | ${meaning} | ${retry} | ${from} |\n`);
  return `| code | status | meaning | retry | from |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`;
}
