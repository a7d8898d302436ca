import { describe, expect, test } from 'vitest';
import { handshakeModel, type Row } from './handshake-model.ts';
import { clientEvents, modelOf, serverEvents } from './testing/events.ts';
import { outline } from './testing/outline.ts';
import { throughEyes } from './through-eyes.ts';

describe('through the eyes of', () => {
  const all = handshakeModel([
    { role: 'client', events: clientEvents },
    { role: 'server', events: serverEvents },
  ]).rows;

  test('the client: its own work, and the other’s answers', () => {
    expect(outline(throughEyes(all, 'client'))).toEqual(outline(modelOf(clientEvents, 'client').rows));
  });

  test('the server', () => {
    expect(outline(throughEyes(all, 'server'))).toEqual([
      'client sends CLIENT_HELLO',
      'server works fetch_revocation_list,shape,sign',
      'server sends SERVER_HELLO',
      'client accepted SERVER_HELLO',
      'client sends CLIENT_CONFIRM',
      'server works signature',
      'server sends SESSION_ESTABLISHED',
      'client unknown SESSION_ESTABLISHED',
      'server established',
    ]);
  });

  test('an observer: messages, and no work of anybody', () => {
    const seen = throughEyes(all, 'observer');
    expect(seen.some(({ kind }) => kind === 'work' || kind === 'ending')).toBe(false);
    expect(seen.filter(({ kind }) => kind === 'message')).toHaveLength(4);
  });

  test('the Controller: nothing', () => {
    expect(throughEyes(all, 'controller')).toEqual([]);
  });

  test('an agent, of an altered message: only its own version', () => {
    const altered: Row = {
      kind: 'message',
      id: 'CLIENT_HELLO',
      message: 'CLIENT_HELLO',
      from: 'client',
      at: 1,
      body: '{"b":2}',
      size: 7,
      fate: 'altered',
      sentBody: '{"a":1}',
    };
    expect(throughEyes([altered], 'client')).toMatchObject([{ body: '{"a":1}', fate: 'arrived' }]);
    expect(throughEyes([altered], 'server')).toMatchObject([{ body: '{"b":2}', fate: 'arrived' }]);
  });
});
