import { expect, test } from 'vitest';
import type { Attempt, ScenarioInfo } from '../../lab/run/scenario.ts';
import { reportFile } from './report-file.tsx';
import { resultOf } from './result.ts';

const scenario: ScenarioInfo = {
  id: 'replay',
  title: 'Replay',
  summary: 'Send recorded messages a second time',
  attempts: 2,
  has: 'A recording.',
  wants: 'A second session.',
  promise: 'Once.',
};

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
const nonce = (last: string) => JSON.stringify({ nonce: `${'A'.repeat(42)}${last}=`, secret: 'x'.repeat(400) });

const attempts: readonly Attempt[] = [
  {
    id: 'CLIENT_HELLO-at-once',
    title: hostile,
    messages: [
      {
        number: 1,
        at: 0,
        from: 'traveller',
        to: 'helper',
        kind: 'CLIENT_HELLO',
        sent: nonce('A'),
        delivered: nonce('E'),
        altered: ['nonce'],
        deed: 'altered',
      },
      { number: 2, at: 0, from: 'helper', to: 'traveller', kind: 'PROBLEM', sent: hostile, altered: [], deed: hostile },
    ],
    verdict: {
      outcome: 'refused',
      expected: 'refused',
      refusal: { by: 'helper', check: 'nonce', code: 'replayed_nonce' },
      evidence: [hostile, 'Helper opened 0 sessions.'],
    },
  },
  {
    id: 'on-purpose',
    title: 'Succeeds',
    messages: [],
    verdict: { outcome: 'succeeded', expected: 'succeeded', evidence: ['It was read.'] },
  },
];

const notRun: ScenarioInfo = { ...scenario, id: 'flooding', title: 'Flooding', attempts: 3 };

const lines = attempts.map((attempt) => ({ scenario, attempt }));
const file = reportFile({
  result: resultOf(lines),
  lines,
  scenarios: [{ ...scenario, attempts: 5 }, notRun],
  version: '9.9.9',
  at: Date.UTC(2026, 10, 27, 20, 30),
  ms: 41_800,
  browser: `Browser ${hostile}`,
});
const page = new DOMParser().parseFromString(file, 'text/html');

test('a report says version, date, browser, time, and of every attempt what was done, the check and the verdict', () => {
  const text = page.body.textContent?.replaceAll(/\s+/g, ' ') ?? '';
  for (const part of ['9.9.9', '2026-11-27 20:30:00 UTC', 'Browser', '41.8 s']) expect(text).toContain(part);
  const [first, second] = page.querySelectorAll('article');
  for (const part of [
    'CLIENT_HELLO Traveller → Helper',
    '▲ altered',
    'bit 0 of byte 31 of 32: 00 → 01',
    'Helper, by the check “Nonce never seen” with replayed_nonce',
    'Helper opened 0 sessions.',
  ])
    expect(first?.textContent).toContain(part);
  expect(second?.textContent).toContain('▲ The attack succeeded on purpose');
});

test('a report names what was not run, whole scenarios and single attempts', () => {
  const fact = (name: string) =>
    [...page.querySelectorAll('.facts tr')].find((row) => row.textContent?.startsWith(name));
  expect(fact('Attempts')?.textContent).toContain('2 of 8, in 1 of 2 scenarios');
  expect(fact('Not made')?.textContent).toContain('Replay: 3 of 5 attempts; Flooding: 3 of 3 attempts');
  expect(page.querySelector('.sums')?.textContent).toContain('✕ 0 ended otherwise than they must');
});

test('a report is one file: no script, no handler, nothing that is loaded, and whatever it holds is text', () => {
  expect(page.querySelectorAll('script, img, link, iframe, object, embed, form, base').length).toBe(0);
  for (const element of page.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      expect(name, name).not.toMatch(/^on|^style$|^src$/);
      if (name === 'href') expect(value).toMatch(/^#/);
    }
  }
  expect(file).not.toMatch(/url\(|@import|https?:/);
  expect(page.querySelector('h3')?.textContent).toBe(hostile);
});

test('a report holds no message’s body', () => {
  expect(file).not.toContain('x'.repeat(40));
});

test('every link leads to a part of the same page', () => {
  const links = [...page.querySelectorAll('a')];
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) expect(page.getElementById(link.hash.slice(1)), link.hash).not.toBeNull();
});
