import { describe, expect, test } from 'vitest';
import { addressOfServer } from '../../http/server/addresses.ts';
import { standardRelayLimits } from '../../relay/server/limits.ts';
import { standardStreamLimits } from '../limits/event-streams.ts';
import { flagsIn } from '../testing/flags.ts';
import { readServerOptions } from './options.ts';

describe('how a server is to run', () => {
  test('is on localhost, open to every agent there, unless told otherwise', () => {
    expect(readServerOptions({}, {})).toMatchObject({
      host: 'localhost',
      port: 4173,
      registration: 'open',
      tls: undefined,
      nats: undefined,
      data: '.parley',
    });
  });

  test('is read from the environment, and flags come first', () => {
    const environment = { PORT: '5000', PARLEY_DATA: '/var/lib/parley', NATS_URL: 'nats://nats:4222', PARLEY_URL: '' };
    expect(readServerOptions(flagsIn(['--port', '6000']), environment)).toMatchObject({
      port: 6000,
      data: '/var/lib/parley',
      nats: 'nats://nats:4222',
      url: undefined,
    });
  });

  test('has the standard limits, and those that flags and the environment say', () => {
    const standard = readServerOptions({}, {}).limits;
    expect(standard).toEqual({ relay: standardRelayLimits, streams: standardStreamLimits });
    const { relay, streams } = readServerOptions(
      flagsIn(['--relay-memory', '512', '--address-share', '10', '--event-streams-per-address', '4']),
      { PARLEY_REQUESTS_PER_AGENT: '64', PARLEY_HANDSHAKES_PER_AGENT: '16', PARLEY_CONNECTED_AGENTS: '100' },
    ).limits;
    expect(relay).toEqual({
      ...standardRelayLimits,
      bytesUnderWay: 512 * 1024 * 1024,
      requestsPerAgent: 64,
      handshakesPerAgent: 16,
      agents: 100,
      shareOfAddress: { requests: 0.1, bytes: 0.1, frames: 0.1, connections: 0.1 },
    });
    expect(streams).toEqual({ ...standardStreamLimits, perAddress: 4 });
    expect(() => readServerOptions(flagsIn(['--address-share', '0']), {})).toThrow(
      /--address-share \(PARLEY_ADDRESS_SHARE\)/,
    );
  });

  test('asks for a registration token wherever others can reach it', () => {
    const tls = ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'];
    expect(readServerOptions(flagsIn(['--host', '192.0.2.1', ...tls]), {}).registration).toBe('token');
    expect(readServerOptions(flagsIn(['--url', 'https://parley.example']), {}).registration).toBe('token');
    expect(readServerOptions(flagsIn(['--host', '192.0.2.1', ...tls, '--registration', 'open']), {}).registration).toBe(
      'open',
    );
  });

  test.each([
    [['--port', 'x'], /--port \(PORT\) is not a whole number/],
    [['--port', '70000'], /is more than 65535/],
    [
      ['--url', 'https://example.org/parley/'],
      /--url \(PARLEY_URL\) has the path \/parley\/: a path prefix is not supported/,
    ],
    [['--url', 'https://example.org/parley'], /a path prefix is not supported/],
    [['--url', 'https://example.org/?a=b'], /--url \(PARLEY_URL\) has a query or a fragment/],
    [['--url', 'https://example.org#top'], /has a query or a fragment/],
    [['--url', 'https://user:secret@example.org'], /names a user or a password/],
    [['--url', 'parley.example'], /is no base URL such as/],
    [['--url', 'ftp://parley.example'], /is no base URL such as/],
    [['--relays', 'https://a.example,https://b.example/parley'], /--relays \(PARLEY_RELAYS\) has the path \/parley/],
    [['--registration', 'closed'], /neither open nor token/],
    [['--nats', 'http://nats'], /is no URL such as nats:\/\//],
    [['--relays', 'https://a.example,nonsense'], /is no base URL/],
    [['--allow-origin', 'https://pages.example/'], /names no origin/],
    [['--allow-origin', 'pages.example'], /names no origin/],
    [['--allow-origin', '*'], /would let every page call/],
    [['--proxies', '10.0.0.0/33'], /--proxies \(PARLEY_PROXIES\) names no IP address/],
    [['--tls-cert', 'cert.pem'], /needs both/],
    [['--host', '0.0.0.0'], /Without TLS the server listens on localhost only/],
    [['--host', '0.0.0.0', '--allow-http'], /use with --url/],
  ])('%j is refused with what to change', (flags, sentence) => {
    expect(() => readServerOptions(flagsIn(flags), {})).toThrow(sentence);
  });

  test('names everything that is wrong at once, and repeats no token', () => {
    const wrong = () =>
      readServerOptions(flagsIn(['--port', 'x', '--registration', 'y']), { PARLEY_OPERATOR_TOKEN: 'hunter2' });
    expect(wrong).toThrow(/--port/);
    expect(wrong).toThrow(/--registration/);
    expect(wrong).toThrow(/PARLEY_OPERATOR_TOKEN has fewer than 16/);
    expect(wrong).not.toThrow(/hunter2/);
  });

  test.each(['https://parley.example', 'https://parley.example/', 'https://Parley.Example:443'])(
    'has one spelling of its own base URL: %s',
    (url) => {
      expect(readServerOptions({ url, relays: url }, {})).toMatchObject({
        url: 'https://parley.example',
        relays: ['https://parley.example'],
      });
    },
  );

  test('repeats no password of a base URL', () => {
    expect(() => readServerOptions({ url: 'https://user:hunter2@parley.example' }, {})).not.toThrow(/hunter2/);
  });

  test('knows itself by the address that browsers make of it', () => {
    expect(addressOfServer({ host: 'Parley.Example', port: 443, isTls: true })).toBe('https://parley.example');
    expect(addressOfServer({ host: 'localhost', port: 80, isTls: false })).toBe('http://localhost');
    for (const host of ['::1', '[::1]', '0:0::1']) {
      expect(addressOfServer({ host, port: 4173, isTls: false })).toBe('http://[::1]:4173');
    }
  });

  test('speaks HTTP to others only when something in front of it speaks TLS', () => {
    expect(readServerOptions(flagsIn(['--host', '192.0.2.1', '--allow-http']), {}).host).toBe('192.0.2.1');
  });
});
