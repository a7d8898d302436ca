import type { Network } from '../agent/contracts/ports.ts';
import { httpNetwork } from '../network/http.ts';
import { findRelays } from '../relay/client/find.ts';

/** An agent whose address others reach without a relay: directly, or through other tabs of the browser. */
interface NetworkTransport {
  readonly kind: 'network';
  readonly network: Network;
  /** True where the directory sees of every address whether an agent answers there. */
  readonly isPresenceKnown?: boolean;
}

/** An agent with a connection to one of several relays that share their agents, and their Controller. */
interface RelayTransport {
  readonly kind: 'relays';
  /** Base URLs; the first is tried first. */
  readonly relays: readonly string[];
  /** What carries requests to the relays and everywhere else: HTTP unless given. */
  readonly network?: Network;
  /** False for an agent that only asks: it keeps no connection. */
  readonly isReachable?: boolean;
}

/** How requests leave an agent, and how they reach it. */
export type Transport = NetworkTransport | RelayTransport;

/** An agent with a connection to a relay of the group that `server`, a base URL, belongs to. */
interface ServerTransport extends Pick<RelayTransport, 'isReachable'> {
  readonly kind: 'server';
  readonly server: string;
}

/** A transport whose relays may have to be asked for. */
export type OpeningTransport = Transport | ServerTransport;

/** Returns the transport with the relays that share their agents with its server; only the server itself when it does not answer. */
export async function withRelays(transport: OpeningTransport): Promise<Transport> {
  if (transport.kind !== 'server') return transport;
  const { server, ...rest } = transport;
  return { ...rest, kind: 'relays', relays: await findRelays(httpNetwork, server) };
}
