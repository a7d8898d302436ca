import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';

/** Returns a file of the repository with every run of white space as one space. */
const textOf = (path: string) => readFileSync(path, 'utf8').replaceAll(/\s+/g, ' ');

const titles = catalogue.map(({ info }) => info.title);
const attempts = catalogue.reduce((sum, { info }) => sum + info.attempts, 0);

test('the scenarios carry the names of the field, in their order, and those on groups come last', () => {
  expect(titles).toEqual([
    'Eavesdropping',
    'Man in the middle',
    'Replay',
    'Session hijacking',
    'Key compromise',
    'Downgrade',
    'Unknown key share',
    'Resumption',
    'Revoked certificate',
    'Rogue Controller',
    'Flooding',
    'Impersonation',
    'Binary envelopes',
    'Attachments',
    'Streams',
    'Outsider',
    'Dishonest member',
    'Dishonest delivery service',
    'Removed member',
  ]);
  // The address is the name.
  for (const { info } of catalogue) expect(info.id).toBe(info.title.toLowerCase().replaceAll(' ', '-'));
});

test('README and tour give the numbers that the lab has', () => {
  expect(catalogue.length).toBe(19);
  expect(textOf('README.md')).toContain(`Nineteen scenarios make ${attempts} attempts`);
  expect(textOf('docs/tour.md')).toContain(`nineteen scenarios make ${attempts} attempts`);
});

test('the tour names every scenario, and SECURITY.md none that the lab does not have', () => {
  for (const title of titles) expect(textOf('docs/tour.md')).toContain(`**${title}**`);
  const named = [...textOf('SECURITY.md').matchAll(/the lab's \*([^*]+)\*/g)].map(([, title]) => title);
  expect(named.length).toBeGreaterThan(0);
  for (const title of named) expect(titles).toContain(title);
});
