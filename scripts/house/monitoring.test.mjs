import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { limitNames } from '../../src/http/limit-reached.ts';
import { gaugesOf } from '../../src/server/telemetry/gauges.ts';
import { Metrics } from '../../src/server/telemetry/metrics.ts';
import { inProject } from '../places.mjs';

/** @param {string} path */
const read = (path) => readFileSync(inProject(path), 'utf8');
const alerts = parse(read('deploy/alerts.yaml'));
const dashboard = JSON.parse(read('deploy/grafana-dashboard.json'));
/** @type {{ alert: string, expr: string, for?: string, labels: Record<string, string>, annotations: Record<string, string> }[]} */
const rules = alerts.groups.flatMap((/** @type {{ rules: unknown[] }} */ group) => group.rules);
/** @type {{ id: number, title: string, type: string, gridPos: { x: number, w: number }, targets: { expr: string, legendFormat: string }[] }[]} */
const panels = dashboard.panels;

/** What Prometheus adds to every sample that it scrapes. */
const scraped = ['job', 'instance'];
const functions = 'changes delta histogram_quantile increase max min rate sum'.split(' ');
const words = 'by on unless and or without ignoring'.split(' ');

/** @type {Set<string>} metrics of which there is a sample from the start */
const fromTheStart = new Set();
/** @type {Map<string, Set<string>>} the labels of each metric, by its name */
const known = await metricsOf();

async function metricsOf() {
  const zero = { size: 0, requestsUnderWay: 0, used: 0, secondsLeft: 0 };
  const backing = { forged: () => 0, storedBytes: async () => 0 };
  const store = { loadList: async () => ({ thisUpdate: 0, nextUpdate: 0 }), countAgents: async () => 0 };
  const metrics = new Metrics(gaugesOf({ streams: zero, lines: zero, bytes: zero, caEnd: zero, backing, store }));
  for (const [, name = ''] of (await (await metrics.answer()).text()).matchAll(/^(\w+)(?:\{.*\})? \S+$/gm)) {
    fromTheStart.add(name);
  }
  // A label is in the text once there is a sample with it.
  metrics.answered('app', 200);
  metrics.relayed.observe({ outcome: 'answered' }, 1);
  metrics.refusedConnections.inc({ code: 'x' });
  metrics.refusedProofs.inc({ call: 'x', code: 'x' });
  const labels = new Map([['up', new Set(scraped)]]);
  for (const line of (await (await metrics.answer()).text()).split('\n')) {
    const [, name, inside = ''] = /^([a-z_]\w*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const here = [...inside.matchAll(/(\w+)="/g)].map(([, label]) => label ?? '');
    labels.set(name, new Set([...(labels.get(name) ?? scraped), ...here]));
  }
  return labels;
}

/**
 * What does not hold in an expression of PromQL: brackets, names of metrics and functions, labels. Empty when everything does.
 *
 * @param {string} expr
 * @returns {string[]}
 */
function faultsOf(expr) {
  const faults = [];
  /** @type {string[]} */
  const open = [];
  const bare = expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll('$__rate_interval', '5m');
  for (const sign of bare) {
    if ('([{'.includes(sign)) open.push(sign);
    else if (')]}'.includes(sign) && open.pop() !== '([{'[')]}'.indexOf(sign)]) faults.push(`${sign} closes nothing`);
  }
  if (open.length > 0) faults.push(`${open.join('')} is not closed`);
  const outside = bare
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[(\d+[smhd])\]/g, ' ')
    .replaceAll(/\b(by|on|without|ignoring) \([^)]*\)/g, ' ');
  if (outside.includes('[')) faults.push('a range is no duration');
  for (const [name] of outside.matchAll(/[a-zA-Z_]\w*/g)) {
    if (!known.has(name) && !functions.includes(name) && !words.includes(name)) faults.push(`there is no ${name}`);
  }
  if (/[^\w\s(),.<>=!*/+-]/.test(outside)) faults.push('a sign that does not belong there');
  const used = [...bare.matchAll(/\b(\w+)\{([^}]*)\}/g)];
  for (const [, name = '', selectors = ''] of used) {
    for (const selector of selectors.split(',').map((part) => part.trim())) {
      const [, label] = /^(\w+)(?:=|!=|=~|!~)""$/.exec(selector) ?? [];
      if (label === undefined) faults.push(`${selector} is no selector`);
      else if (known.has(name) && !known.get(name)?.has(label)) faults.push(`${name} has no label ${label}`);
    }
  }
  const metrics = [...outside.matchAll(/[a-zA-Z_]\w*/g)].map(([name]) => name).filter((name) => known.has(name));
  const summands = outside.split(/[+-]/).filter((part) => [...known.keys()].some((name) => part.includes(name)));
  if (summands.length > 1) faults.push('a sum of metrics is nothing where one of them has no sample');
  if (metrics.length === 0) faults.push('it is about no metric');
  for (const [, list = ''] of bare.matchAll(/\b(?:by|on) \(([^)]*)\)/g)) {
    for (const label of list.split(',').map((part) => part.trim())) {
      if (!metrics.some((name) => known.get(name)?.has(label))) faults.push(`nothing here has the label ${label}`);
    }
  }
  return faults;
}

test.each([
  ['sum(rate(parley_relayed_seconds_count[5m])', '( is not closed'],
  ['parley_nothing > 0', 'there is no parley_nothing'],
  ['parley_limits_reached_total{agent_id="x"}', 'parley_limits_reached_total has no label agent_id'],
  ['sum by (agent) (parley_agents_connected)', 'nothing here has the label agent'],
  ['rate(parley_crl_signed_total[soon])', 'a range is no duration'],
  [
    'sum(parley_refused_proofs_total) + sum(parley_refused_connections_total) > 1',
    'a sum of metrics is nothing where one of them has no sample',
  ],
  ['averages(parley_agents_connected)', 'there is no averages'],
])('%s is refused', (expr, fault) => {
  expect(faultsOf(expr)).toContain(fault);
});

describe('the alert rules', () => {
  test.each(rules.map((rule) => [rule.alert, rule]))('%s is about what there is', (name, rule) => {
    expect(faultsOf(rule.expr)).toEqual([]);
    expect(name).toMatch(/^Parley[A-Z][A-Za-z]+$/);
    expect(rule.for ?? '0m').toMatch(/^\d+[smh]$/);
    expect(['critical', 'warning', 'info']).toContain(rule.labels.severity);
    const { summary = '', description = '' } = rule.annotations;
    expect(summary.length * description.length).toBeGreaterThan(0);
    const labels = [...`${summary}${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    for (const label of labels) expect([...scraped, 'limit']).toContain(label);
  });

  test('have names of their own, and no member that Prometheus does not know', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const group of alerts.groups) expect(Object.keys(group)).toEqual(['name', 'rules']);
    const members = new Set(rules.flatMap((rule) => Object.keys(rule)));
    expect([...members].toSorted()).toEqual(['alert', 'annotations', 'expr', 'for', 'labels']);
  });

  test('are about counters that begin at zero, as an increase is seen only of what was there before', () => {
    const counters = rules.flatMap(({ expr }) => [...expr.matchAll(/\bparley_\w+_total\b/g)].map(([name]) => name));
    expect(counters.filter((name) => !fromTheStart.has(name))).toEqual([]);
  });

  test('name limits that there are', () => {
    for (const { expr } of rules) {
      for (const [, named = ''] of expr.matchAll(/limit=~?"([^"]*)"/g)) {
        for (const limit of named.split('|')) expect(Object.keys(limitNames)).toContain(limit);
      }
    }
  });
});

describe('the dashboard', () => {
  test.each(panels.map((panel) => [panel.title, panel]))('%s shows what there is', (_, panel) => {
    for (const { expr, legendFormat } of panel.targets) {
      expect(faultsOf(expr)).toEqual([]);
      const [, by = ''] = /\bby \(([^)]*)\)/.exec(expr) ?? [];
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
      const name = [...expr.matchAll(/[a-z]\w*/g)].map(([word]) => word).find((word) => known.has(word)) ?? '';
      const labels = by === '' ? [...(known.get(name) ?? [])] : by.split(',').map((label) => label.trim());
      for (const label of shown) expect(labels).toContain(label);
    }
    expect(['stat', 'timeseries']).toContain(panel.type);
    expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
  });

  test('names its panels and its variables once', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const text = JSON.stringify(dashboard);
    const used = new Set([...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name));
    const variables = dashboard.templating.list.map((/** @type {{ name: string }} */ { name }) => name);
    expect([...used].toSorted()).toEqual(variables.toSorted());
  });
});

test('the page for operators lists every metric of Parley with its labels', () => {
  const [, section = ''] = read('docs/operate.md').split('\n## Collect metrics\n');
  const listed = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(parley_\w+)` \|([^|]*)\|/gm)].map(
    ([, name, labels = '']) => [name, [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label).toSorted()],
  );
  const names = [...known.keys()].filter((name) => name.startsWith('parley_') && !/_(bucket|sum)$/.test(name));
  const expected = names.map((name) => [
    name.replace(/_seconds_count$/, '_seconds'),
    [...(known.get(name) ?? [])].filter((label) => !scraped.includes(label)).toSorted(),
  ]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(expected));
});
