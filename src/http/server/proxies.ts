import { BlockList, isIP } from 'node:net';

/** True when the one at `address` may say who stands before it, `hop` steps in front of this server. `false`: nobody may. */
export type TrustedProxies = false | ((address: string, hop: number) => boolean);

/**
 * Returns whom to believe: the proxies at these addresses and networks (`192.0.2.7`, `10.0.0.0/8`), however many stand one
 * behind the other; without any, whoever connects when `one` is true, for one step.
 */
export function trustedProxies(networks: readonly string[], one: boolean): TrustedProxies {
  if (networks.length === 0) return one ? (_, hop) => hop === 0 : false;
  const list = new BlockList();
  for (const network of networks) {
    const { address, bits, family } = parsedNetwork(network);
    list.addSubnet(address, bits, family);
  }
  return (address) => {
    const family = familyOf(address);
    return family !== undefined && list.check(address, family);
  };
}

/** True for an IP address, or for a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv4' ? 32 : 128));
}

function parsedNetwork(text: string) {
  const [address = '', bits] = text.split('/');
  const family = familyOf(address) ?? 'ipv6';
  return { address, family, bits: bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits) } as const;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}
