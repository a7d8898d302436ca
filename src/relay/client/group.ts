import type { Network } from '../../agent/contracts/ports.ts';
import { wholeBody } from '../../http/http-messages.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { RelayConnection } from './relay-connection.ts';

/** Milliseconds a request waits for a line that is being made again. */
const patienceMs = 20_000;
/**
 * Milliseconds a message to an agent waits: somebody who is offline for a minute or two loses nothing. It stays below what its
 * timestamp allows (protocol page, section 3).
 */
const messagePatienceMs = 180_000;

/** What the group's network needs of a line. */
export type LineOfGroup = Pick<RelayConnection, 'relay' | 'settled'>;

/**
 * Returns a network for an agent with relays that share their agents and their Controller: a request to any of them
 * goes to the one that the line is connected to, and waits while the line reconnects. Everything else goes out as it
 * is.
 */
export function relayGroupNetwork(network: Network, relays: readonly string[], line: () => LineOfGroup): Network {
  const send = async (request: Request, carry: (request: Request) => Promise<Response>): Promise<Response> => {
    const base = relays.find((relay) => request.url.startsWith(`${relay}/`));
    if (base === undefined) return carry(request).catch(withAdvice(request.url));
    await line().settled(isMessage(request) ? messagePatienceMs : patienceMs);
    return carry(await moved(request, base, line().relay));
  };
  const { stream } = network;
  return {
    send: (request, deadlineMs) => send(request, (carried) => network.send(carried, deadlineMs)),
    ...(stream === undefined ? {} : { stream: (request) => send(request, stream) }),
  };
}

function isMessage({ method, url }: Request): boolean {
  return method === 'POST' && /\/agent\/(message|handshake)$/.test(url);
}

/**
 * Adds to an error the advice about an agent at its own address: there are several reasons why it does not answer,
 * and the platform does not say which.
 */
function withAdvice(address: string): (cause: unknown) => never {
  return (cause) => {
    const { protocol, origin } = new URL(address);
    if (protocol !== 'https:' || !(cause instanceof ParleyError) || cause.code !== 'peer_unreachable') throw cause;
    const detail = `${cause.detail} If it made its TLS certificate itself, open ${origin}/agent/session/0 once and accept it, or start with --trust.`;
    throw new ParleyError(cause.code, detail, { cause });
  };
}

/** Returns the same request at another relay. */
async function moved(request: Request, from: string, to: string): Promise<Request> {
  if (from === to) return request;
  const { method, headers, signal } = request;
  const body = await wholeBody(request);
  try {
    return new Request(to + request.url.slice(from.length), { method, headers, signal, body });
  } catch (cause) {
    throw new ParleyError('peer_unreachable', 'The relay’s address cannot be used.', { cause });
  }
}
