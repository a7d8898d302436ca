import { describe, expect, test } from 'vitest';
import { type AgentPlace, agentAddress } from '../ui/routing/agent-place.ts';
import { isPage } from './pages.ts';

const sessionId = '0123456789abcdef0123456789abcdef';

/** One place of every section: a section that is new has to be added here, or this does not compile. */
const places: Readonly<Record<AgentPlace['section'], AgentPlace>> = {
  peers: { section: 'peers', tab: 'conversation' },
  traffic: { section: 'traffic', tab: 'conversation', open: '5f0c9e1b2a3d4c5e', filter: 'q=hello' },
  talk: { section: 'talk', tab: 'keys', sessionId, open: 'client_key', member: 'a.b', pov: 'observer' },
  search: { section: 'search', tab: 'conversation', filter: 'q=blue+door' },
  audit: { section: 'audit', tab: 'conversation', open: '12' },
  history: { section: 'history', tab: 'conversation' },
  archive: { section: 'archive', tab: 'conversation', archiveId: '0a1b2c3d', peerId: 'helper_agent_001' },
  more: { section: 'more', tab: 'conversation' },
};

describe('a page', () => {
  test.each(Object.values(places).map((place) => agentAddress('helper_agent_001', place)))('is at %s', (address) => {
    expect(isPage(new URL(address, 'http://localhost').pathname)).toBe(true);
  });

  test.each([
    '/',
    '/both',
    '/both/',
    '/both/traveller_agent_002/helper_agent_007',
    '/open/traveller',
    '/lab',
    '/lab/replay',
    '/lab/replay/server_hello%20nonce',
    '/trace',
    '/trace/handshake/CLIENT_HELLO',
    '/agent/helper_agent_001',
    '/agent/helper_agent_001/',
    `/agent/helper_agent_001/session/${sessionId}/wire`,
  ])('is at %s', (path) => {
    expect(isPage(path)).toBe(true);
  });
});

test.each([
  '',
  '//',
  '/health',
  '/status',
  '/version',
  '/admin/users',
  '/metrics',
  '/index.php',
  '/.env',
  '/both/Nobody',
  '/both/one_agent/other_agent/more',
  '/open',
  '/open/traveller/more',
  '/lab/a/b/c',
  '/lab//b',
  '/agent',
  '/agent/',
  '/agent/Nobody',
  '/agent/..%2f..%2fetc',
  '/agents/helper_agent_001',
  '/assets/nowhere.js',
])('“%s” is no page', (path) => {
  expect(isPage(path)).toBe(false);
});
