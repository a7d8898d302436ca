import { describe, expect, test } from 'vitest';
import { clientOf, networkOf } from './client-address.ts';
import { isNetwork, trustedProxies } from './proxies.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['::1', '::1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['2001:db8::192.0.2.7', '2001:db8:0:0::/64'],
  ['fe80::1', 'fe80:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('who sent what a proxy passes on', () => {
  const proxy = '10.0.0.1';
  const nobody = trustedProxies([], false);
  const next = trustedProxies([], true);
  const listed = trustedProxies(['10.0.0.0/8', '2001:db8:9::/48'], false);

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:50312', '192.0.2.7'],
    ['"192.0.2.7:50312"', '192.0.2.7'],
    ['[2001:db8::7]:50312', '2001:db8::7'],
    ['"[2001:db8::7]"', '2001:db8::7'],
    ['2001:DB8:0::7', '2001:db8::7'],
    ['[::ffff:192.0.2.7]:1', '192.0.2.7'],
    // IPv4-compatible IPv6 (RFC 4291, section 2.5.5.1) is not the IPv4 address, and no proxy of 10.0.0.0/8.
    ['192.0.2.9, ::10.0.0.9', '::a00:9'],
    ['198.51.100.1, 192.0.2.7:1', '192.0.2.7'],
    ['198.51.100.1,192.0.2.7', '192.0.2.7'],
  ])('%s is %s', (forwarded, address) => {
    expect(clientOf(proxy, forwarded, next)).toBe(address);
    expect(clientOf(proxy, forwarded, listed)).toBe(address);
    expect(clientOf(proxy, forwarded, nobody)).toBe(proxy);
  });

  test.each(['', 'unknown', '_hidden', '192.0.2.7:port', 'evil.example', '1.2.3', '10.1', '0x7f.1', '010.0.0.1', ', '])(
    '“%s” is no address: it counts as the proxy’s own',
    (forwarded) => {
      expect(clientOf(proxy, forwarded, next)).toBe(proxy);
      expect(clientOf(proxy, `192.0.2.9, ${forwarded}`, listed)).toBe(proxy);
    },
  );

  test('only proxies that are trusted are believed, as many as there are', () => {
    expect(clientOf('192.0.2.1', '198.51.100.1', listed)).toBe('192.0.2.1');
    expect(clientOf(proxy, '203.0.113.9, 198.51.100.1, 10.0.0.2, 10.0.0.3', listed)).toBe('198.51.100.1');
    expect(clientOf('::ffff:10.0.0.1', '198.51.100.1, 2001:db8:9::1', listed)).toBe('198.51.100.1');
    expect(clientOf(proxy, '203.0.113.9, 10.0.0.2', next)).toBe('10.0.0.2');
    expect(clientOf(undefined, '203.0.113.9', listed)).toBe('unknown');
  });

  test.each([
    ['10.0.0.1', true],
    ['10.0.0.0/8', true],
    ['::1', true],
    ['2001:db8::/32', true],
    ['10.0.0.0/33', false],
    ['10.0.0.0/8/8', false],
    ['10.0.0.0/', false],
    ['proxy.example', false],
    ['', false],
  ])('%s names a network: %s', (text, isOne) => {
    expect(isNetwork(text)).toBe(isOne);
  });
});
