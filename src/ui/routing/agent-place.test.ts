import { describe, expect, test } from 'vitest';
import { agentAddress, formatPlace, isSameView, parsePlace, startingPlace, talkPlace } from './agent-place.ts';

const sessionId = '0123456789abcdef0123456789abcdef';

describe('places of an agent page', () => {
  test.each([
    '',
    'peers',
    `session/${sessionId}/conversation`,
    `session/${sessionId}/wire`,
    `session/${sessionId}/wire/5f0c9e1b2a3d4c5e`,
    `session/${sessionId}/handshake/SERVER_HELLO`,
    `session/${sessionId}/handshake/PROBLEM-2`,
    `session/${sessionId}/handshake/CLIENT_HELLO?member=key_shares.x25519&pov=observer`,
    `session/${sessionId}/handshake?pov=client&step=server-12`,
    `session/${sessionId}/keys/client_key?pov=controller`,
    `session/${sessionId}/timing`,
    'traffic',
    'traffic/5f0c9e1b2a3d4c5e',
    'traffic?q=hello&status=refused',
    'peer/helper_agent_001',
    'peer/helper_agent_001?at=12&words=blue+door*',
    'peer/helper_agent_001?pov=observer',
    `group/${sessionId}`,
    `group/${sessionId}/members`,
    `group/${sessionId}/tree?epoch=12&who=helper_agent_001`,
    `group/${sessionId}/tree/5?epoch=12`,
    `group/${sessionId}/keys/joiner_secret?epoch=3`,
    `group/${sessionId}?at=12&words=blue+door*`,
    'search',
    'search?q=blue+door&peer=helper_agent_001',
    'audit',
    'audit/12?kind=message',
    'history',
    'more',
    'archive/0a1b2c3d',
    'archive/0a1b2c3d/helper_agent_001?at=3',
    `archive/0a1b2c3d/group-${sessionId}?at=3`,
  ])('reads back %j as it was written', (text) => {
    const place = parsePlace(text);
    expect(place && formatPlace(place)).toBe(text);
  });

  test('the sessions of earlier versions are found with their peers', () => {
    expect(parsePlace('sessions')).toEqual({ section: 'peers', tab: 'conversation' });
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
    'peer',
    'peer/No!',
    'peer/helper_agent_001/more',
    'group',
    'group/abc',
    `group/${sessionId}/secrets`,
    `group/${sessionId}/members/x`,
    `group/${sessionId}/tree/5/x`,
    'search/12',
    'audit/1/2',
    'history/x',
    'archive',
    'archive/0a1b2c3d/No!',
    'archive/0a1b2c3d/helper_agent_001/x',
  ])('knows no place %j', (text) => {
    expect(parsePlace(text)).toBeUndefined();
  });

  test('what a query says that no place has is left out', () => {
    const place = parsePlace(`session/${sessionId}/handshake?member=<b>&pov=everybody&step=<b>&more=1`);
    expect(place && formatPlace(place)).toBe(`session/${sessionId}/handshake`);
  });

  test('an exchange is led to by a whole number from 1 on, and by nothing else', () => {
    for (const at of ['0', '-1', '1.5', 'x', '1e3']) {
      expect(parsePlace(`peer/helper_agent_001?at=${at}`)).toEqual(parsePlace('peer/helper_agent_001'));
    }
  });

  test('only a change of a filter takes no step in the history', () => {
    const at = (text: string) => parsePlace(text) ?? startingPlace;
    expect(isSameView(at('search?q=a'), at('search?q=b'))).toBe(true);
    expect(isSameView(at('search?q=a'), at('audit'))).toBe(false);
    expect(isSameView(at('audit'), at('audit/3'))).toBe(false);
    expect(isSameView(at('peer/helper_agent_001?at=1'), at('peer/helper_agent_001?at=2'))).toBe(false);
  });

  test.each([
    ['helper_agent_001', 'peer/helper_agent_001'],
    [`#${sessionId}`, `group/${sessionId}`],
  ])('the conversation %s of the history is at %s', (name, text) => {
    expect(formatPlace(talkPlace(name))).toBe(text);
  });

  test('an agent opens at its shortest address', () => {
    expect(agentAddress('helper_agent_001')).toBe('/agent/helper_agent_001');
    expect(agentAddress('helper_agent_001', { section: 'peers', tab: 'wire' })).toBe('/agent/helper_agent_001/peers');
  });
});
