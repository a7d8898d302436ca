import { describe, expect, test } from 'vitest';
import { agentAddress, formatPlace, parsePlace } from './places.ts';

const sessionId = '0123456789abcdef0123456789abcdef';

describe('places of an agent page', () => {
  test.each([
    '',
    'peers',
    'sessions',
    `session/${sessionId}/conversation`,
    `session/${sessionId}/wire`,
    `session/${sessionId}/wire/5f0c9e1b2a3d4c5e`,
    `session/${sessionId}/handshake/SERVER_HELLO`,
    `session/${sessionId}/handshake/PROBLEM-2`,
    `session/${sessionId}/handshake/CLIENT_HELLO?member=key_shares.x25519&pov=observer`,
    `session/${sessionId}/keys/client_key?pov=controller`,
    `session/${sessionId}/timing`,
    'traffic',
    'traffic/5f0c9e1b2a3d4c5e',
    'traffic?q=hello&status=refused',
  ])('reads back %j as it was written', (text) => {
    const place = parsePlace(text);
    expect(place && formatPlace(place)).toBe(text);
  });

  test('a session without a tab opens its conversation', () => {
    expect(parsePlace(`/session/${sessionId}`)).toEqual({ section: 'talk', sessionId, tab: 'conversation' });
  });

  test.each([
    'nowhere',
    'session',
    'session/abc/wire',
    `session/${sessionId}/secrets`,
    `session/${sessionId}/conversation/more`,
    `session/${sessionId}/wire/more/still`,
    `session/${sessionId}/handshake/<b>`,
    'peers/x',
    'traffic/a/b',
  ])('knows no place %j', (text) => {
    expect(parsePlace(text)).toBeUndefined();
  });

  test('what a query says that no place has is left out', () => {
    const place = parsePlace(`session/${sessionId}/handshake?member=<b>&pov=everybody&more=1`);
    expect(place && formatPlace(place)).toBe(`session/${sessionId}/handshake`);
  });
  test('an agent opens at its shortest address', () => {
    expect(agentAddress('helper_agent_001')).toBe('/agent/helper_agent_001');
    expect(agentAddress('helper_agent_001', { section: 'peers', tab: 'wire' })).toBe('/agent/helper_agent_001/peers');
  });
});
