import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { routePattern } from './request-log.ts';

test.each([
  ['/agents/helper_agent_001/agent/message', '/agents/:id/agent/message'],
  ['/agents/helper_agent_001/agent/session/0123?x=1', '/agents/:id/agent/session/:session'],
  ['/controller/agents?after=helper_agent_001', '/controller/agents'],
  ['/controller/agents/helper_agent_001', '/controller/agents/:id'],
  ['/controller/register/0123/confirm', '/controller/register/:id/confirm'],
  ['/operator/status', '/operator/status'],
  ['/operator/agents?filter=helper', '/operator/agents'],
  ['/operator/tokens', '/operator/tokens'],
  ['/operator/tokens/workshop', '/operator/tokens/:id'],
  ['/operator/tokens/workshop/rotate', '/operator/tokens/:id/rotate'],
  ['/operator/secret', '/operator/*'],
  ['/operators', '/*'],
  ['/controller/nothing/secret', '/controller/*'],
  ['/agents/helper_agent_001/else', '/agents/*'],
  ['/agent/helper_agent_001', '/*'],
  ['/controllers', '/*'],
  ['//relay', '/*'],
  ['*', '/*'],
  ['/relay/connect', '/relay/connect'],
])('a request for %s is logged as %s', (target, pattern) => {
  expect(routePattern(target)).toBe(pattern);
});

test('every address that an app of the server answers is logged as its pattern', () => {
  const apps = [
    '../../controller/controller.ts',
    '../../relay/server/relay-app.ts',
    '../admin/operator-app.ts',
    '../app.ts',
  ];
  const patterns = apps.flatMap((file) => {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    const [, base = ''] = /\.basePath\('([^']+)'\)/.exec(source) ?? [];
    return [...source.matchAll(/\bapp\.(?:get|post|put|patch|delete)\('([^'*]+)'/g)].map(([, path]) => base + path);
  });
  expect(patterns.length).toBeGreaterThan(20);
  expect(patterns.map((pattern) => routePattern(pattern.replaceAll(/:\w+/g, 'chosen')))).toEqual(patterns);
});
