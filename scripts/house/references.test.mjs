import { describe, expect, test } from 'vitest';
import { referenceFaults, sectionsOf } from './references.mjs';

const protocol =
  '# Protocol\n## 1. Encodings\n## 4. Messages: `POST /m`\n### 4.1 Binary\n## 10. Last\nSee section 4.1 and RFC 4648 section 99.\n';
const groups = '# Groups\n## 1. Suite\n## 2. Identity\nSee section 2 and `protocol.md` section 4.\n';

/** @type {import('./references.mjs').SpecificationPage[]} */
const pages = [
  { file: 'docs/protocol.md', names: ['protocol page', 'parley/1'], text: protocol },
  { file: 'docs/protocol-groups.md', names: ['groups page', 'parley-group/1'], text: groups },
];

/** @type {readonly [text: string, fault: string][]} */
const refused = [
  ['/** A thing (protocol page, section 9). */', 'docs/protocol.md has no section 9. Its sections are 1, 4, 4.1, 10.'],
  ['/** A thing (protocol page, sections 1 and 4.2). */', 'docs/protocol.md has no section 4.2.'],
  ['/** A thing (protocol page, sections 1, 3 to 5). */', 'docs/protocol.md has no section 3, 5.'],
  ['/** A thing (groups page, section 4). */', 'docs/protocol-groups.md has no section 4.'],
  ["const source = 'parley/1, section 3';", 'docs/protocol.md has no section 3.'],
  ["const source = 'parley-group/1, section 3';", 'docs/protocol-groups.md has no section 3.'],
  [
    '/** A thing (section 4). */',
    'Write "protocol page, section 4" or "groups page, section 4" or "RFC 1234, section 4".',
  ],
  ["const promise = 'All of it (sections 1 and 4).';", '"sections 1 and 4" names no document.'],
  ['/** As section 4 of the protocol page asks. */', '"section 4" names no document.'],
  ["/** The protocol page's section 4. */", '"section 4" names no document.'],
  ['/** Some specification, section 4. */', '"section 4" names no document.'],
  ['/** Protocol §4.1. */', '"§4.1" is another spelling. Write "protocol page, section 4.1"'],
  ['/** protocol.md 4.1 */', '"protocol.md 4.1" is another spelling. Write "protocol page, section 4.1"'],
  ['/** protocol.md, section 4.1 */', '"section 4.1" names no document.'],
  ['/** RFC 5280, 4.1.2.2 */', '"RFC 5280, 4.1.2.2" is another spelling. Write "RFC 5280, section 4.1.2.2".'],
  ['/** (RFC 3279, 2) */', 'Write "RFC 3279, section 2".'],
  ['/** RFC 4648 section 4 */', 'Write "RFC 4648, section 4".'],
  ['/** RFC 4648 §4 */', 'Write "RFC 4648, section 4".'],
  ['/** RFC 8017 appendix A.1 */', 'is another spelling.'],
  ['/** RFC8785 */', '"RFC8785" is another spelling. Write "RFC 8785".'],
  ['/** RFC-8785, section 3 */', 'Write "RFC 8785, section 3".'],
];

const followed = [
  '/** A thing (protocol page, section 4.1). */',
  '/** A thing (protocol page, sections 1, 4 and 10, on oracles). */',
  '/**\n * A thing (protocol page, section\n * 4), and another (protocol\n * page, section 1).\n */',
  '// A thing, for a reason (protocol page,\n// section 4).\n',
  "const source = 'parley/1, section 4';",
  '/** groups page, section 2; parley-group/1, section 1 */',
  '/** RFC 8785 canonical JSON; RFC 8032, cofactorless; RFC 5280, section 4.1.1; RFC 8017, appendix A.1 */',
  '/** WHATWG Fetch, section 2.9 */',
  "const section = 'peers'; go({ section: 3 });",
];

describe('a reference that nobody can follow is refused', () => {
  test.each(refused)('%s', (text, fault) => {
    expect(referenceFaults('src/a.ts', text, pages)).toEqual([expect.stringContaining(fault)]);
  });

  test('with the file and the line', () => {
    const text = '/** One. */\n\n/**\n * Two (protocol page,\n * section 7).\n */\n';
    expect(referenceFaults('src/a.ts', text, pages)).toEqual([
      expect.stringMatching(/^src\/a\.ts:5: docs\/protocol\.md/),
    ]);
  });
});

test.each(followed)('%s is a reference that can be followed', (text) => {
  expect(referenceFaults('src/a.ts', text, pages)).toEqual([]);
});

describe('in Markdown a reference is a link to its heading', () => {
  test('without a link it is refused, with the link to write', () => {
    expect(referenceFaults('docs/a.md', 'As said (protocol page, section 4).', pages)).toEqual([
      'docs/a.md:1: "section 4" is no link. Write [protocol page, section 4](protocol.md#4-messages-post-m).',
    ]);
    expect(referenceFaults('README.md', 'protocol page, section 4.1', pages)).toEqual([
      expect.stringContaining('(docs/protocol.md#41-binary)'),
    ]);
  });

  test('with a link to another section it is refused', () => {
    const text = '[protocol page, section 4](protocol.md#1-encodings)';
    expect(referenceFaults('docs/a.md', text, pages)).toHaveLength(1);
  });

  test('with the link it can be followed', () => {
    const text =
      'As [protocol page, sections 4 and 10](protocol.md#4-messages-post-m) says; write `protocol page, section 9`.';
    expect(referenceFaults('docs/a.md', text, pages)).toEqual([]);
  });
});

describe('the pages of the specification keep their spelling', () => {
  test('and name sections that are there, their own or those of the page they name', () => {
    for (const page of pages) expect(referenceFaults(page.file, page.text, pages)).toEqual([]);
  });

  test('and none that is missing', () => {
    const [first, second] = pages;
    const wrong = [first, { ...second, text: `${groups}See section 4, or \`protocol.md\` section 3.\n` }];
    expect(
      referenceFaults('docs/protocol-groups.md', wrong[1]?.text ?? '', /** @type {typeof pages} */ (wrong)),
    ).toEqual([
      expect.stringContaining('docs/protocol-groups.md has no section 4.'),
      expect.stringContaining('docs/protocol.md has no section 3.'),
    ]);
  });
});

test('the sections of a page are its numbered headings, and none in a code block', () => {
  expect(sectionsOf('# 9 lives\n## 1. One\n### 1.2 Two\n## Three\n```\n## 4. Four\n```\n## 5. `five`\n')).toEqual([
    '9',
    '1',
    '1.2',
    '5',
  ]);
});
