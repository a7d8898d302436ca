import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('runs the example of docs/mls.md', { timeout: 120_000 }, () => {
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync('docs/mls.md', 'utf8')) ?? [];
  const flags = ['--no-warnings', '--input-type=module-typescript'];
  expect(execFileSync(process.execPath, flags, { input: example, encoding: 'utf8' })).toBe('Hello Bob\n');
});
