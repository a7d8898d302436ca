import { describe, expect, test } from 'vitest';
import { linkFaults } from './links.mjs';
import { anchorsOf } from './markdown.mjs';

/** @type {Readonly<Record<string, string>>} */
const files = {
  'README.md': '# Parley\n## Run it\n',
  'docs/server.md': '# Running a server\n## The CA: back it up\n## Clocks\n## Clocks\n',
  'docs/lab.png': '',
  src: '',
  'src/agent.ts': 'export class Agent {\n  #start() {}\n  fetch() {}\n}\n',
};
/** @param {string} path */
const read = (path) => files[path];

/** @type {readonly [text: string, fault: string][]} */
const broken = [
  ['[a](missing.md)', 'the link missing.md leads to no file.'],
  ['![a](missing.png)', 'the link missing.png leads to no file.'],
  [
    '[a](server.md#the-ca)',
    'leads to no heading. docs/server.md has: #running-a-server, #the-ca-back-it-up, #clocks, #clocks-1.',
  ],
  ['[a](#elsewhere)', 'leads to no heading. docs/a.md has: .'],
  ['[a](../../shared/protocol.md)', 'leads out of the project.'],
  ['[a](/docs/server.md)', 'leads out of the project.'],
  ['[a]: missing.md', 'leads to no file.'],
  ['[`Agent.open`](../src/agent.ts)', 'src/agent.ts has no open. Link Agent.open to the file that has it.'],
  ['<img src="missing.png">', 'leads to no file.'],
  ['[`code`](missing.md "with a title")', 'leads to no file.'],
];

describe('a link that leads nowhere is refused', () => {
  test.each(broken)('%s', (text, fault) => {
    expect(linkFaults('docs/a.md', text, read)).toEqual([expect.stringContaining(fault)]);
  });

  test('with the file and the line', () => {
    expect(linkFaults('docs/a.md', '# A\n\n[a](b.md)\n', read)).toEqual([
      'docs/a.md:3: the link b.md leads to no file. Write the path of one, relative to docs/.',
    ]);
  });
});

test.each([
  '[a](server.md)',
  '[a](server.md#the-ca-back-it-up)',
  '[a](server.md#clocks-1)',
  '[a](../README.md#run-it)',
  '![a](lab.png)',
  '[a](../src)',
  '[`Agent.#start`](../src/agent.ts) and [`src/agent.ts`](../src/agent.ts)',
  '`` [`Agent.open`](../src/agent.ts) ``',
  '[a](https://example.org/x.md#y)',
  '[a](mailto:someone@example.org)',
  '## Here\n[a](#here)',
  '`[a](missing.md)`',
  '```md\n[a](missing.md)\n```',
])('%s is left alone', (text) => {
  expect(linkFaults('docs/a.md', text, read)).toEqual([]);
});

test('anchors are those that GitHub makes', () => {
  const text =
    '# `POST /agent/message`: a *way*\n## 4.1 Binary, and [a link](x.md)\n## snake_case – dash\n```\n# not one\n```\n';
  expect(anchorsOf(text)).toEqual(['post-agentmessage-a-way', '41-binary-and-a-link', 'snake_case--dash']);
});
